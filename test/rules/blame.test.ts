import fc from 'fast-check';
import { type Blame, blameOf } from '../../src/rules/blame';
import { findField } from '../../src/rules/blame-path';
import { diffContents } from '../../src/rules/diff';
import { emptyContent } from '../../src/rules/contents';
import { KINDS } from '../../src/rules/kinds';
import type { FieldRules } from '../../src/rules/fields';
import type { Content } from '../../src/model/entry';
import { CONTENTS, TEXTS } from '../support/arbitrary-contents';

type Part = [text: string, by: number];
type Step = [value: unknown, takesBack?: number];

function after(blame: Blame, ...steps: Step[]): Part[] {
  steps.forEach(([value, takesBack], index) => blame.step(value, { number: index + 1, takesBack: takesBack ?? null }));
  return blame.parts().map(({ text, by }) => [text, by]);
}

const field = (kind: 'STORY' | 'EVENT' | 'ACTOR', name: string): Blame =>
  blameOf((KINDS[kind].fields as FieldRules)[name] as never);

describe('who gave a value', () => {
  it.each<[string, Step[], Part[]]>([
    ['the revision that made it what it is', [['MEETING'], ['OTHER'], ['VOTE'], ['VOTE']], [['VOTE', 3]]],
    ['the last, where the same was given by hand again', [['VOTE'], ['OTHER'], ['VOTE']], [['VOTE', 3]]],
    ['the first, where a revert brought it back', [['VOTE'], ['OTHER'], ['VOTE', 1]], [['VOTE', 1]]],
    ['through two reverts', [['VOTE'], ['OTHER'], ['VOTE', 1], ['OTHER', 2], ['VOTE', 3]], [['VOTE', 1]]],
    ['the revert itself, where it brought something else', [['VOTE'], ['OTHER'], ['MEETING', 1]], [['MEETING', 3]]],
    ['nobody, where there is none', [['VOTE'], [null]], []],
  ])('is %s', (_, steps, parts) => {
    expect(after(field('EVENT', 'eventType'), ...steps)).toEqual(parts);
  });

  it('is told as JSON of what is no string, and whatever the order of its keys', () => {
    const [one, same] = [
      { edtf: '2014', wording: null },
      { wording: null, edtf: '2014' },
    ];
    expect(after(field('EVENT', 'when'), [one], [same])).toEqual([[JSON.stringify(one), 1]]);
  });
});

describe('who brought the members of a set', () => {
  it('is told for each by itself, in the order in which they stand', () => {
    const topics = field('STORY', 'topics');
    expect(after(topics, [['a', 'b']], [['b']], [['c', 'b']], [['c', 'a', 'b'], 1])).toEqual([
      ['c', 3],
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('counts a member anew that somebody put there again', () => {
    expect(after(field('STORY', 'topics'), [['a']], [[]], [['a']])).toEqual([['a', 3]]);
    expect(after(field('STORY', 'topics'), [['a']], [[]], [['a']], [[]], [['a'], 3])).toEqual([['a', 3]]);
  });
});

describe('who wrote the items of a list', () => {
  const item = (id: string, note: string): object => ({ id, event: null, claim: null, note });

  it('goes by their ids: moved, taken out and brought back', () => {
    const [a, b, c] = [item('a', 'It rained.'), item('b', 'It is said.'), item('c', 'No.')];
    const timeline = field('STORY', 'timeline');
    expect(after(timeline, [[a, b]], [[b, a]], [[b]], [[c, b]], [[a, c, item('b', 'It was said.')], 2])).toEqual([
      ['It rained.', 1],
      ['No.', 4],
      ['It ', 1],
      ['was', 5],
      [' said.', 1],
    ]);
  });
});

describe('in any history of a content', () => {
  it.each(['STORY', 'ACTOR'] as const)('%s: what a revision did not change is by none newer than before', (kind) => {
    fc.assert(
      fc.property(fc.array(CONTENTS[kind], { minLength: 1, maxLength: 6 }), (contents) => {
        for (const [name, rule] of Object.entries(KINDS[kind].fields as FieldRules)) {
          if (rule.shape === 'text') continue;
          const blame = blameOf(rule);
          let before: Content = emptyContent(kind);
          contents.forEach((content, index) => {
            const number = index + 1;
            blame.step(content[name], { number, takesBack: null });
            const changed = diffContents(kind, before, content, TEXTS).some(({ path }) => path.split('/')[1] === name);
            const newest = Math.max(0, ...blame.parts().map(({ by }) => by));
            expect(newest).toBeLessThanOrEqual(changed ? number : number - 1);
            before = content;
          });
          for (const [index, content] of contents.entries()) {
            // A revert to any of them: all of it is by that one or an older one.
            const again = blameOf(rule);
            contents.forEach((one, place) => again.step(one[name], { number: place + 1, takesBack: null }));
            const isSame = JSON.stringify(contents.at(-1)?.[name]) === JSON.stringify(content[name]);
            again.step(content[name], { number: contents.length + 1, takesBack: index + 1 });
            if (!isSame && rule.shape !== 'list')
              for (const { by } of again.parts()) expect(by).toBeLessThanOrEqual(contents.length);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a path', () => {
  it('names fields, items, their fields and members, with the marks of JSON Pointer', () => {
    const pick = (path: string, value: unknown): unknown => findField('STORY', path, true).pick(value);
    expect(pick('/headline', 'Rain')).toBe('Rain');
    expect(pick('/timeline/a', [{ id: 'a', note: 'x' }])).toEqual({ id: 'a', note: 'x' });
    expect(pick('/timeline/a/note', [{ id: 'a', note: 'x' }])).toBe('x');
    expect(pick('/timeline/b/note', [{ id: 'a', note: 'x' }])).toBeUndefined();
    expect(pick('/topics/a~1b~0c~01', ['a/b~c~1', 'd'])).toEqual(['a/b~c~1']);
    expect(pick('/topics/e', ['d'])).toBeUndefined();
  });

  it.each([
    '',
    'headline',
    '/~',
    '/head~2',
    '/no',
    '/headline/x',
    '/timeline/a/note/x',
    '/topics/a/b',
    '/toString',
    '/__proto__',
  ])('is refused where there is no such thing: %s', (path) => {
    expect(() => findField('STORY', path, true)).toThrow(/^path: /);
  });

  it('does not name newsroom fields to others, who are told the same as of fields that do not exist', () => {
    const told = (path: string): string => {
      try {
        findField('DOCUMENT', path, false);
        return 'nothing';
      } catch (error) {
        return String(error).replaceAll(path.slice(1), '…');
      }
    };
    expect(told('/keptText')).toBe(told('/keptTextt'));
    expect(told('/title')).toBe('nothing');
  });
});
