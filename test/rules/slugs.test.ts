import * as fc from 'fast-check';
import { numberedSlug, slugFrom, slugProblem } from '../../src/rules/slugs';

describe('the slug of a title', () => {
  it.each([
    ['General Hugo Carvajal', 'general-hugo-carvajal'],
    ['Díaz: ¿quién es “El Pollo”?', 'diaz-quien-es-el-pollo'],
    ['El niño y la cigüeña', 'el-nino-y-la-ciguena'],
    ['Хуго Карвахаль', 'hugo-karvahal'],
    ['Картель солнц', 'kartel-solnc'],
    ['هوغو كارفاخال، الجنرال', 'hwgw-krfkhl-ljnrl'],
    ['雨果·卡瓦哈尔被捕', 'yu-guo-qia-wa-ha-er-bei-bu'],
    ['הוגו קרבחאל', 'hvgv-qrbkhl'],
    ['Ούγκο Καρβαχάλ', 'oygko-karvahal'],
    ['한국어 제목', 'hangugeo-jemog'],
    ['Straße, Œuvre & Łódź', 'strasse-oeuvre-and-lodz'],
    ["O'Brien", 'obrien'],
    ['O’Brien', 'obrien'],
    ['O´Brien', 'obrien'],
    ['L`été', 'lete'],
    ['R&D', 'r-and-d'],
    ['AT＆T', 'at-and-t'],
    ['a_b/c.d', 'a-b-c-d'],
    ['  -- Hello,   world! --  ', 'hello-world'],
    ['Зеленьский', 'zelenskiy'],
    ['\u200fשלום\u200e', 'shlvm'],
    ['می\u200cخواهم', 'mykhwhm'],
    ['x\u0301\u0302yz', 'xyz'],
    ['İstanbul', 'istanbul'],
    ['soft\u00adhyphen', 'softhyphen'],
    ['𝐁𝐨𝐥𝐝', 'bold'],
    ['2014', '2014'],
  ])('%j gives %s', (title, slug) => {
    expect(slugFrom(title)).toBe(slug);
  });

  it.each(['', '   ', '🎉🎉', '👨‍👩‍👧', '…!?', "''", '\u200f', '\ud800', '\0'])('%j has nothing to keep', (title) => {
    expect(slugFrom(title)).toBe('untitled');
  });

  it('is the same for a title in NFC and in NFD', () => {
    for (const title of ['Díaz Ñandú', 'Ἀθῆναι', 'Владимир Щёкин', 'ドン', 'Việt Nam', '한국어']) {
      expect(slugFrom(title.normalize('NFD'))).toBe(slugFrom(title.normalize('NFC')));
    }
  });

  it('is cut between words', () => {
    expect(slugFrom(`${'word '.repeat(16)}tail`)).toBe(Array(16).fill('word').join('-'));
    expect(slugFrom(`${'a'.repeat(79)} bcd`)).toBe('a'.repeat(79));
    expect(slugFrom(`${'a'.repeat(80)} bcd`)).toBe('a'.repeat(80));
    expect(slugFrom('a'.repeat(100))).toBe('a'.repeat(80));
  });

  it('is never an id', () => {
    expect(slugFrom('550E8400-e29b-41d4-a716-446655440000')).toBe('id-550e8400-e29b-41d4-a716-446655440000');
  });

  it('is always one that an editor could choose, and its own slug', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.uuid(),
    );
    fc.assert(
      fc.property(anything, (title) => {
        const slug = slugFrom(title);
        expect(slugProblem(slug)).toBeNull();
        expect(slugFrom(slug)).toBe(slug);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a slug that is taken', () => {
  it('gets a number, within the same length', () => {
    expect(numberedSlug('x', 2)).toBe('x-2');
    expect(numberedSlug('a'.repeat(80), 12)).toBe(`${'a'.repeat(77)}-12`);
    expect(numberedSlug(`${'a'.repeat(70)}-bbbbbbbbb`, 2)).toBe(`${'a'.repeat(70)}-2`);
  });

  it('stays one that an editor could choose', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 2, max: 99_999 }), (title, n) => {
        expect(slugProblem(numberedSlug(slugFrom(title), n))).toBeNull();
      }),
    );
  });
});

describe('a slug that an editor chose', () => {
  it.each(['x', 'hugo-carvajal', '2014', 'a-1-b', 'a'.repeat(80)])('%s is fine', (slug) => {
    expect(slugProblem(slug)).toBeNull();
  });

  it.each([
    ['', 'The slug is empty.'],
    ['Hugo', 'Try hugo.'],
    ['hugo carvajal', 'Try hugo-carvajal.'],
    ['hugo_carvajal', 'Try hugo-carvajal.'],
    ['-hugo-', 'Try hugo.'],
    ['hugo--carvajal', 'Try hugo-carvajal.'],
    ['díaz', 'Try diaz.'],
    ['Карвахаль', 'Try karvahal.'],
    ['x\n', 'The slug "x<U+000A>" is not made of'],
    ['a'.repeat(81), 'has 81 characters; at most 80 are allowed'],
    ['!!!', 'The slug "!!!" has no letters or digits.'],
    ['550e8400-e29b-41d4-a716-446655440000', 'looks like an id'],
    ['550E8400-E29B-41D4-A716-446655440000', 'looks like an id'],
    ['550e8400 e29b-41d4-a716-446655440000', 'Try id-550e8400-e29b-41d4-a716-446655440000.'],
  ])('%j is refused: %s', (slug, reason) => {
    expect(slugProblem(slug)).toContain(reason);
  });
});
