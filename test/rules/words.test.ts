import fc from 'fast-check';
import { diffWords } from '../../src/rules/words';

const before = (segments: { op: string; text: string }[]): string =>
  segments.map((segment) => (segment.op === 'INSERT' ? '' : segment.text)).join('');
const after = (segments: { op: string; text: string }[]): string =>
  segments.map((segment) => (segment.op === 'DELETE' ? '' : segment.text)).join('');

describe('telling texts apart word by word', () => {
  it('tells one changed word', () => {
    expect(diffWords('The guard denies it.', 'The general denies it.')).toEqual([
      { op: 'EQUAL', text: 'The ' },
      { op: 'DELETE', text: 'guard' },
      { op: 'INSERT', text: 'general' },
      { op: 'EQUAL', text: ' denies it.' },
    ]);
  });

  it('finds words in scripts without spaces', () => {
    const segments = diffWords('他昨天否认了', '他今天否认了');
    expect(segments[0]).toEqual({ op: 'EQUAL', text: '他' });
    expect(segments.at(-1)).toEqual({ op: 'EQUAL', text: '否认了' });
  });

  it('gives back both texts, whatever they are', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom('a ', 'b ', '\n', 'word. ', 'قال ', '—')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        const segments = diffWords(one, other);
        expect(before(segments)).toBe(one);
        expect(after(segments)).toBe(other);
        for (let index = 1; index < segments.length; index++)
          expect(segments[index]?.op).not.toBe(segments[index - 1]?.op);
      }),
    );
  });

  it('comes to an end with long texts that have nothing in common', () => {
    const one = Array.from({ length: 20_000 }, (_, index) => `a${index}`).join(' ');
    const other = Array.from({ length: 20_000 }, (_, index) => `b${index}`).join(' ');
    const segments = diffWords(one, other);
    expect(before(segments)).toBe(one);
    expect(after(segments)).toBe(other);
  });
});
