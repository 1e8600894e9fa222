import * as fc from 'fast-check';
import { cleanLanguageTag } from '../../src/rules/language-tags';

describe('a language tag', () => {
  it.each([
    ['en', 'en'],
    ['EN-us', 'en-US'],
    ['es-ve', 'es-VE'],
    ['ar-latn', 'ar-Latn'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['es-419', 'es-419'],
    ['iw', 'he'],
    ['und', 'und'],
    ['yue', 'yue'],
    ['en-x-twain', 'en-x-twain'],
  ])('%s is kept as %s', (value, kept) => {
    expect(cleanLanguageTag(value)).toEqual({ ok: true, value: kept });
  });

  it.each([
    ['', 'The language tag is empty.'],
    ['x', '"x" is not a BCP 47 language tag'],
    ['english language', '"english language" is not a BCP 47 language tag'],
    ['english', 'is not a BCP 47 language tag'],
    ['en_US', 'is written with hyphens: en-US.'],
    ['x_y', 'is not a BCP 47 language tag'],
    ['en-', 'is not a BCP 47 language tag'],
    [' en', 'is not a BCP 47 language tag'],
    ['en,es', 'is not a BCP 47 language tag'],
    ['*', 'is not a BCP 47 language tag'],
    ['e\0n', '"e<U+0000>n" is not a BCP 47 language tag'],
    ['español', 'is not a BCP 47 language tag'],
    [`en-x-${'a'.repeat(31)}`, 'The language tag has 36 characters; at most 35 are allowed.'],
  ])('%j is refused: %s', (value, reason) => {
    expect(cleanLanguageTag(value)).toEqual({ ok: false, code: 'INVALID', reason: expect.stringContaining(reason) });
  });

  it('that is canonical stays as it is, and nothing throws', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abenlsxuzATN0419-_'), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(letters, fc.string({ unit: 'binary' })), (value) => {
        const once = cleanLanguageTag(value);
        if (once.ok) expect(cleanLanguageTag(once.value)).toEqual(once);
      }),
      { numRuns: 2_000 },
    );
  });
});
