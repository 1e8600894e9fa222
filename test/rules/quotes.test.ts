import fc from 'fast-check';
import { foldText, standsIn } from '../../src/rules/quotes';
import { busyMs } from '../support/busy';

const stands = (quote: string, text: string): boolean => standsIn(quote, foldText(text));

describe('A quotation stands in a text', () => {
  it.each<[string, string, string]>([
    ['word for word', 'no order was given', 'He said no order was given that night.'],
    ['across lines, tabs, double and unbreakable spaces', 'no order was\u00a0given', 'He said no\n order\twas given.'],
    ['in other quotation marks', 'He said: “No, ‘never’.”', `He said: "No, 'never'."`],
    ['in the marks of another language', '„Nie“, sagte er', '«Nie», sagte er'],
    ['as a quotation in a quotation', "told me 'go' yesterday", 'She told me “go” yesterday.'],
    ['with another apostrophe', "the minister's car", 'the minister’s car'],
    ['with another dash', 'the convoy - nine cars - left', 'the convoy – nine cars — left'],
    ['in letters that are composed otherwise', 'Fe\u0301lix', 'F\u00e9lix'],
    ['cut by soft hyphens and what cannot be seen', 'documentation', 'docu\u00admen\u200bta\ufefftion'],
    ['in its own marks', '“We saw it.”', 'Then she wrote: We saw it. And left.'],
    ['with something left out', 'no order … that night', 'no order was given that night'],
    ['with something left out, in brackets', 'no order […] that night', 'no order was given that night'],
    ['with something left out, in dots', 'no order ... that night', 'no order was given that night'],
    ['with something left out, in dots and brackets', 'no order [...] that night', 'no order was given that night'],
    ['with something left out, in round brackets', 'no order (…) that night', 'no order was given that night'],
    ['with something left out, in spaced dots', 'no order . . . that night', 'no order was given that night'],
    ['with something left out at its ends', '… order was […]', 'no order was given'],
    ['with nothing left out where it says so', 'no order … was given', 'no order was given'],
    ['with something left out where the text itself does', 'no order … was given', 'no order … was given'],
    ['in a script without spaces', '命令はなかった', '彼は命令はなかったと述べた'],
    ['that is of characters beyond the first plane', '𝒜𝓁𝓁 🙂', 'so 𝒜𝓁𝓁 🙂 of them'],
    ['all of it', 'x', 'x'],
    ['if it is only white space or a mark of omission', ' … ', 'anything'],
  ])('%s', (_name, quote, text) => expect(stands(quote, text)).toBe(true));

  it.each<[string, string, string]>([
    ['in other words', 'no order was issued', 'no order was given'],
    ['in another case', 'No order', 'no order'],
    ['without an accent', 'Felix', 'Félix'],
    ['with a word left out that is not marked', 'no order that night', 'no order was given that night'],
    ['with its parts the other way round', 'that night … no order', 'no order was given that night'],
    ['with a part that stands there only once, twice', 'no … no', 'no order'],
    ['with parts that overlap', 'order was … was given', 'no order was given'],
    ['with white space inside a word', 'no or der', 'no order'],
    ['without the white space between words', 'noorder', 'no order'],
    ['in an empty text', 'x', ''],
    ['with two dots for three', 'no order .. that night', 'no order was given that night'],
  ])('not %s', (_name, quote, text) => expect(stands(quote, text)).toBe(false));
});

describe('Whatever the text', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '"', '’', '-', 'é', 'e\u0301', '.', '…') });
  const plain = fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ') });

  it('each stretch of it stands in it', () =>
    fc.assert(
      fc.property(letters, fc.nat(40), fc.nat(40), (text, start, length) => {
        const composed = text.normalize('NFC');
        expect(stands(composed.slice(start, start + length), composed)).toBe(true);
      }),
    ));

  it('stretches of it stand in it, one after the other, with marks of omission between', () =>
    fc.assert(
      fc.property(
        fc.array(plain, { maxLength: 6 }),
        fc.constantFrom('…', ' … ', '[…]', '...', ' [...] '),
        (parts, mark) => {
          expect(stands(parts.filter((_, index) => index % 2 === 0).join(mark), parts.join(' '))).toBe(true);
        },
      ),
    ));

  it('what stands there is what a plain search finds, where nothing has to be folded', () => {
    const dense = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 });
    fc.assert(
      fc.property(dense, dense, (quote, text) => {
        expect(stands(quote, text)).toBe(text.includes(quote));
      }),
    );
  });

  it('marks, dashes and white space are as good as each other, in the text and in the quotation', () => {
    const one = { '"': '“', "'": '’', '-': '–', ' ': '\u00a0\n' };
    const other = (text: string): string => text.replace(/["' -]/g, (unit) => one[unit as keyof typeof one]);
    const marked = fc.string({ unit: fc.constantFrom('a', 'b', '"', "'", '-', ' ') });
    fc.assert(
      fc.property(marked, marked, (quote, text) => {
        expect(stands(other(quote), text)).toBe(stands(quote, text));
        expect(stands(quote, other(text))).toBe(stands(quote, text));
      }),
    );
  });
});

describe('A text of a million characters', () => {
  const MILLION = 1_000_000;
  const words = Array.from({ length: MILLION / 8 }, (_, n) => `w${String(n).padStart(6, '0')} `).join('');
  it.each<[string, string, string, boolean]>([
    ['words', words.slice(-10_000), words, true],
    ['words and marks', `${words.slice(100, 5000)}…${words.slice(-5000)}`, words.replaceAll('w', '“'), false],
    ['one letter, and a quotation that nearly stands there', `${'a'.repeat(9999)}b`, 'a'.repeat(MILLION), false],
    ['one letter, and a quotation that begins otherwise', `b${'a'.repeat(9999)}`, 'a'.repeat(MILLION), false],
    ['periods', `${'ab'.repeat(4999)}aa`, 'ab'.repeat(MILLION / 2), false],
    ['dots', '. .'.repeat(3333), '. '.repeat(MILLION / 2), true],
    ['white space', `a${' '.repeat(9998)}b`, ' '.repeat(MILLION), false],
    ['parts, as many as there can be', 'a…'.repeat(5000), 'b'.repeat(MILLION), false],
    ['parts, all of which stand there', 'a…'.repeat(5000), 'a'.repeat(MILLION), true],
    ['open brackets', '['.repeat(10_000), '[ '.repeat(MILLION / 2), false],
  ])('of %s is searched in a blink', (_name, quote, text, expected) => {
    const busy = busyMs(() => expect(stands(quote, text)).toBe(expected));
    // Some 20 ms; thirty times that is still no quadratic search, which takes minutes.
    expect(busy).toBeLessThan(600);
  });
});
