import * as fc from 'fast-check';
import { cleanLine, cleanText, quoted } from '../../src/rules/text';
import { busyMs } from '../support/busy';

const refused = (reason: string): unknown => ({ ok: false, code: 'INVALID', reason: expect.stringContaining(reason) });

describe('a line', () => {
  it.each([
    ['Hugo Carvajal', 'Hugo Carvajal'],
    ['', ''],
    ['   ', ''],
    ['  Hugo \n', 'Hugo'],
    ['\ufeffHugo', 'Hugo'],
    ['Di\u0301az', 'Díaz'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['क्\u200dष', 'क्\u200dष'],
    ['\u200fשלום\u200e!', '\u200fשלום\u200e!'],
    ['👨\u200d👩\u200d👧 ❤\ufe0f', '👨\u200d👩\u200d👧 ❤\ufe0f'],
    [
      '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
      '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
    ],
    ['2 %\u00a0Zins', '2 %\u00a0Zins'],
  ])('%j is kept as %j', (value, kept) => {
    expect(cleanLine(value)).toEqual({ ok: true, value: kept });
  });

  it.each([
    ['a\0b', 'It has U+0000 (NUL) at position 1'],
    ['a\nb', 'U+000A (a line break) at position 1'],
    ['a\rb', 'U+000D (a line break)'],
    ['a\u2028b', 'U+2028 (a line break)'],
    ['a\u2029b', 'U+2029 (a line break)'],
    ['a\tb', 'U+0009 (a tab)'],
    ['a\u001bb', 'U+001B (a control character)'],
    ['a\u007fb', 'U+007F (a control character)'],
    ['a\u0080b', 'U+0080 (a control character)'],
    ['a\u0085b', 'U+0085 (a line break)'],
    ['a\u009fb', 'U+009F (a control character)'],
    ['ab\ud800', 'U+D800 (half of a surrogate pair) at position 2'],
    ['\udc00ab', 'U+DC00 (half of a surrogate pair) at position 0'],
    ['\udc00\ud800', 'U+DC00'],
    ...Array.from('\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069', (control): [string, string] => [
      `a${control}b`,
      `U+${control.charCodeAt(0).toString(16).toUpperCase()} (a control of the writing direction)`,
    ]),
    ['a\u200bb', 'U+200B (an invisible character)'],
    ['a\u2060b', 'U+2060 (an invisible character)'],
    ['a\ufeffb', 'U+FEFF (an invisible character)'],
    ['a\u00adb', 'U+00AD (an invisible character)'],
    ['a\u3164b', 'U+3164 (an invisible character)'],
    ['a\u{e0067}b', 'U+E0067 (an invisible character)'],
    ['😀\0', 'at position 2'],
    ['  a\0', 'at position 3'],
    ['\u200e\u200f', 'only invisible characters'],
    ['\u200d', 'only invisible characters'],
    ['\ufe0f', 'only invisible characters'],
  ])('%j is refused: %s', (value, reason) => {
    expect(cleanLine(value)).toEqual(refused(reason));
  });

  it('is the same in NFC and NFD', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const [composed, decomposed] = [cleanLine(value.normalize('NFC')), cleanLine(value.normalize('NFD'))];
        if (composed.ok && decomposed.ok) expect(decomposed.value).toBe(composed.value);
      }),
    );
  });

  it('that is clean stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const once = cleanLine(value);
        if (once.ok) expect(cleanLine(once.value)).toEqual(once);
      }),
    );
  });
});

describe('a text', () => {
  it.each([
    ['one\r\ntwo\rthree\nfour', 'one\ntwo\nthree\nfour'],
    ['\r\n\r\n', '\n\n'],
    ['\n\ttabs and ends  \n', '\n\ttabs and ends  \n'],
    ['e\u0301', 'é'],
    ['\u202eabc\u202c \u2066x\u2069 \u200b', '\u202eabc\u202c \u2066x\u2069 \u200b'],
    ['', ''],
  ])('%j is kept as %j', (value, kept) => {
    expect(cleanText(value)).toEqual({ ok: true, value: kept });
  });

  it.each([
    ['a\r\nb\0', 'It has U+0000 (NUL) at position 4, which text cannot hold.'],
    ['a\u000bb', 'U+000B (a control character)'],
    ['a\u000cb', 'U+000C (a control character)'],
    ['a\u0085b', 'U+0085'],
    ['\ud83d', 'U+D83D (half of a surrogate pair) at position 0'],
  ])('%j is refused: %s', (value, reason) => {
    expect(cleanText(value)).toEqual(refused(reason));
  });

  it('that is clean stays as it is, and can be kept by Postgres', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(fc.constantFrom('\r', '\n', '\u0301', '\ud800'), fc.string({ unit: 'binary' })) }),
        (value) => {
          const once = cleanText(value);
          if (!once.ok) return;
          expect(cleanText(once.value)).toEqual(once);
          expect(once.value).not.toMatch(/[\0\r]|\p{Cs}/u);
        },
      ),
    );
  });

  it('of a million characters is quickly looked through', () => {
    const long = 'Ärger 😀\r\n'.repeat(100_000);
    const busy = busyMs(() => {
      expect(cleanText(long).ok).toBe(true);
      expect(cleanLine('\u{e0067}🏴'.repeat(100_000)).ok).toBe(false);
    });
    expect(busy).toBeLessThan(1_000);
  });
});

describe('a value in a message', () => {
  it.each([
    ['2014', '"2014"'],
    ['Щёкин', '"Щёкин"'],
    ['a\n\u202e\ud800', '"a<U+000A><U+202E><U+D800>"'],
    ['x'.repeat(60), `"${'x'.repeat(60)}"`],
    ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
    ['𠮷'.repeat(61), `"${'𠮷'.repeat(60)}…"`],
  ])('%j is shown as %s', (value, shown) => {
    expect(quoted(value)).toBe(shown);
  });
});
