import fc from 'fast-check';
import { cutLike, TextBlame } from '../../src/rules/blame-text';
import { isRecognisable, type Unit } from '../../src/rules/blame-units';
import { unitsOf } from '../../src/rules/text-units';
import { busyMs } from '../support/busy';

type Part = [text: string, by: number];
type Saved = string | { text: string; takesBack: number };

const textOf = (saved: Saved): string => (typeof saved === 'string' ? saved : saved.text);

/** Follows a text through its revisions; the parts after each. */
function follow(saved: readonly Saved[]): Part[][] {
  const blame = new TextBlame();
  return saved.map((one, index) => {
    const takesBack = typeof one === 'string' ? null : one.takesBack;
    blame.step(textOf(one), textOf(one), { number: index + 1, takesBack });
    return blame.parts().map(({ text, by }): Part => [text, by]);
  });
}

const after = (...saved: Saved[]): Part[] => follow(saved).at(-1) ?? [];

const FIRST = 'The guard denied it on Monday. Nobody else was asked.\n\n';
const SECOND = 'The airport was closed for two hours.\n\n';
const THIRD = 'The minister spoke to reporters in the evening.\n\n';

describe('who brought which words of a text', () => {
  it.each<[string, Saved[], Part[]]>([
    ['a text that nobody edited is its first author’s', ['It rained.'], [['It rained.', 1]]],
    [
      'a changed word is the editor’s, the sentence around it is not',
      ['The guard denies it.', 'The general denies it.'],
      [
        ['The ', 1],
        ['general', 2],
        [' denies it.', 1],
      ],
    ],
    [
      'several words beside each other are one part, with the white space between them',
      ['The old guard denies it.', 'The new general denies it.'],
      [
        ['The ', 1],
        ['new general', 2],
        [' denies it.', 1],
      ],
    ],
    [
      'a word that stays between two changed ones keeps its author',
      ['The quick brown fox', 'The slow brown dog'],
      [
        ['The ', 1],
        ['slow', 2],
        [' brown ', 1],
        ['dog', 2],
      ],
    ],
    [
      'words that are left when others are taken out stay whose they were',
      ['One - two three.', ' - three.'],
      [[' - three.', 1]],
    ],
    [
      'a new paragraph between two is the editor’s alone',
      [FIRST + SECOND, FIRST + THIRD + SECOND],
      [
        [FIRST, 1],
        [THIRD, 2],
        [SECOND, 1],
      ],
    ],
    [
      'paragraphs that change places keep their author',
      [FIRST + SECOND + THIRD, THIRD + FIRST + SECOND],
      [[THIRD + FIRST + SECOND, 1]],
    ],
    [
      'a paragraph that is moved and edited at once is the editor’s in the words edited',
      [FIRST + SECOND + THIRD, SECOND + THIRD + FIRST.replace('Nobody', 'Somebody')],
      [
        [`${SECOND}${THIRD}The guard denied it on Monday. `, 1],
        ['Somebody', 2],
        [' else was asked.\n\n', 1],
      ],
    ],
    [
      'a paragraph taken out and put back by hand keeps its author',
      [FIRST + SECOND, FIRST, FIRST + THIRD, FIRST + SECOND + THIRD].slice(0, 2).concat(FIRST + SECOND),
      [[FIRST + SECOND, 1]],
    ],
    [
      'a paragraph put back elsewhere, after other work, keeps its author, too',
      [FIRST + SECOND, FIRST, FIRST + THIRD, FIRST + THIRD + SECOND],
      [
        [FIRST, 1],
        [THIRD, 3],
        [SECOND, 1],
      ],
    ],
    [
      'a paragraph put back with one word changed is the editor’s in that word',
      [FIRST + SECOND, SECOND, FIRST.replace('Nobody', 'Somebody') + SECOND],
      [
        ['The guard denied it on Monday. ', 1],
        ['Somebody', 3],
        [` else was asked.\n\n${SECOND}`, 1],
      ],
    ],
    [
      'the last paragraph keeps its author when it is moved to the top',
      ['It rained all day.\n\nNobody came to the vote.', 'Nobody came to the vote.\n\nIt rained all day.'],
      [['Nobody came to the vote.\n\nIt rained all day.', 1]],
    ],
    [
      'a paragraph added at the end is the editor’s, the line ends before it are not',
      ['It rained all day.', 'It rained all day.\n\nNobody came.'],
      [
        ['It rained all day.\n\n', 1],
        ['Nobody came.', 2],
      ],
    ],
    [
      'a copy of what still stands is the copier’s',
      [FIRST + SECOND, FIRST + SECOND + FIRST],
      [
        [FIRST + SECOND, 1],
        [FIRST, 2],
      ],
    ],
    [
      'a text emptied and restored by hand is not the restorer’s',
      [FIRST + SECOND, '', FIRST + SECOND],
      [[FIRST + SECOND, 1]],
    ],
    ['a text too short to be recognised is whose hand wrote it last', ['Yes.', 'No.', 'Yes.'], [['Yes.', 3]]],
    [
      'a text too short to be recognised keeps its author when a revert brings it back',
      ['Yes.', 'No.', { text: 'Yes.', takesBack: 1 }],
      [['Yes.', 1]],
    ],
    [
      'a revert gives what the text was then, not what the same words were at another time',
      ['Yes.', 'No.', 'Yes.', 'No.', { text: 'Yes.', takesBack: 3 }],
      [['Yes.', 3]],
    ],
    [
      'an undo beneath later work brings back small sentences, too',
      ['Yes.\n\n' + FIRST, FIRST, FIRST + SECOND, { text: `Yes.\n\n${FIRST}${SECOND}`, takesBack: 1 }],
      [
        [`Yes.\n\n${FIRST}`, 1],
        [SECOND, 3],
      ],
    ],
    [
      'a script without spaces is told by its words',
      ['他昨天否认了。', '他今天否认了。'],
      [
        ['他', 1],
        ['今天', 2],
        ['否认了。', 1],
      ],
    ],
    [
      'what has nothing in common is new, even if it shares a word or two by chance',
      [
        'The extraordinary parliamentary commission rejected the amendment unanimously.',
        'Yesterday temperatures across the northern provinces remained exceptionally low.',
      ],
      [['Yesterday temperatures across the northern provinces remained exceptionally low.', 2]],
    ],
  ])('%s', (_, saved, parts) => {
    expect(after(...saved)).toEqual(parts);
  });

  it.each([
    ['', false],
    ['Yes.', false],
    ['---\n\n', false],
    ['Unquestionably.', false],
    ['He left.', false],
    ['是的。', false],
    ['He denied it.', true],
    ['他昨天否认了。', true],
    ['قال إنه لم يكن هناك', true],
  ])('whether “%s” would be known again: %s', (written, isKnown) => {
    expect(isRecognisable(written)).toBe(isKnown);
  });
});

const sentence = fc.constantFrom(
  'The guard denied it. ',
  'Nobody else was asked. ',
  'Yes. ',
  'The airport was closed for two hours.',
  'Dr. Smith vs. the state! ',
  '\n',
  '\n\n',
  ' \n\t\n',
  '---\n\n',
  '他昨天否认了。',
  '他今天否认了。\n',
  'قال إنه لم يكن هناك. ',
  '. ',
  'and ',
  'A',
);
const text = fc.array(sentence, { maxLength: 12 }).map((parts) => parts.join(''));

const units = (cut: string): Unit[] =>
  unitsOf(cut).map((unit) => ({ text: unit, key: unit.trimEnd(), runs: [unit.length, 1] }));

describe('cutting a text that is like another', () => {
  it('comes to the same units as cutting all of it', () => {
    const pair = fc
      .tuple(text, text, text, text)
      .map(([start, one, other, end]) => [start + one + end, start + other + end] as const);
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const old = units(one);
        const { start, end, middle } = cutLike({ text: one, units: old }, other);
        const whole = [
          ...old.slice(0, start),
          ...middle.map((unit) => ({ text: unit })),
          ...old.slice(old.length - end),
        ];
        expect(whole.map((unit) => unit.text)).toEqual(unitsOf(other));
      }),
      { numRuns: 3000 },
    );
  });

  it('cuts only the paragraph that differs', () => {
    const before = FIRST + SECOND + THIRD + FIRST;
    const { middle } = cutLike(
      { text: before, units: units(before) },
      FIRST + SECOND.replace('two', 'three') + THIRD + FIRST,
    );
    expect(middle.join('')).toBe(`${SECOND.replace('two', 'three')}`);
  });
});

/** Histories in which sentences come, go, move and come back, and words change. */
const history = fc.array(text, { minLength: 1, maxLength: 12 }).chain((texts) =>
  fc
    .array(
      fc.record({
        from: fc.nat(texts.length - 1),
        kind: fc.constantFrom('write', 'again', 'move', 'word', 'takeBack'),
        at: fc.nat(40),
      }),
      { minLength: 1, maxLength: 14 },
    )
    .map((edits) => {
      const saved: Saved[] = [];
      for (const { from, kind, at } of edits) {
        const now = textOf(saved.at(-1) ?? '');
        const some = texts[from] ?? '';
        const cut = unitsOf(now);
        if (kind === 'write') saved.push(some);
        else if (kind === 'again') saved.push(now + some);
        else if (kind === 'move')
          saved.push([...cut.slice(at % (cut.length + 1)), ...cut.slice(0, at % (cut.length + 1))].join(''));
        else if (kind === 'word') saved.push(now.replace('guard', 'general').replace('two', `${at}`));
        else if (saved.length > 0) {
          const target = at % saved.length;
          saved.push({ text: textOf(saved[target] as Saved), takesBack: target + 1 });
        }
      }
      return saved;
    }),
);

describe('in any history', () => {
  it('the parts joined are the text, and neighbours are by different revisions', () => {
    fc.assert(
      fc.property(history, (saved) => {
        follow(saved).forEach((parts, index) => {
          expect(parts.map(([part]) => part).join('')).toBe(textOf(saved[index] as Saved));
          parts.forEach(([part, by], place) => {
            expect(part).not.toBe('');
            expect(by).not.toBe(parts[place + 1]?.[1]);
          });
        });
      }),
      { numRuns: 500 },
    );
  });

  it('a part truly stood in the text of the revision that it is told to be by, and that is never a newer one', () => {
    fc.assert(
      fc.property(history, (saved) => {
        follow(saved).forEach((parts, index) => {
          for (const [part, by] of parts) {
            expect(by).toBeLessThanOrEqual(index + 1);
            // A part may have been put together of several that stood apart: by their words it is told. Where the script
            // changes a word ends, for Chinese puts no space between two that met there.
            const then = textOf(saved[by - 1] as Saved);
            for (const word of part.match(/\p{sc=Han}+|(?:(?!\p{sc=Han})[\p{L}\p{N}])+/gu) ?? [])
              expect(then).toContain(word);
          }
        });
      }),
      { numRuns: 500 },
    );
  });

  it('nothing is by a revision whose words were all there before it', () => {
    fc.assert(
      fc.property(history, (saved) => {
        follow(saved).forEach((parts, index) => {
          if (index > 0 && textOf(saved[index] as Saved) === textOf(saved[index - 1] as Saved))
            expect(parts.every(([, by]) => by <= index)).toBe(true);
        });
      }),
    );
  });

  it('a revert gives exactly the blame that there was then', () => {
    fc.assert(
      fc.property(history, fc.nat(), (saved, some) => {
        const target = some % Math.max(saved.length, 1);
        // Where it changes nothing, nothing changes.
        if (saved.length === 0 || textOf(saved[target] as Saved) === textOf(saved.at(-1) as Saved)) return;
        const all = follow([...saved, { text: textOf(saved[target] as Saved), takesBack: target + 1 }]);
        expect(all.at(-1)).toEqual(all[target]);
      }),
      { numRuns: 500 },
    );
  });

  it('moving whole paragraphs changes no author', () => {
    const paragraphs = fc.uniqueArray(
      fc.constantFrom(FIRST, SECOND, THIRD, 'Une autre phrase ici.\n\n', 'And then it was over.\n\n'),
      { minLength: 2 },
    );
    fc.assert(
      fc.property(
        paragraphs.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([before, shuffled]) => {
          // One revision each brings them, the last only moves them.
          const saved = before.map((_, index) => before.slice(0, index + 1).join(''));
          const parts = after(...saved, shuffled.join(''));
          expect(parts).toEqual(shuffled.map((one): Part => [one, before.indexOf(one) + 1]));
        },
      ),
    );
  });
});

describe('the time that it takes', () => {
  const long = (word: string, characters: number): string => {
    let written = '';
    for (let index = 0; written.length < characters; index++)
      written += `${word}${index}${index % 9 === 8 ? '.' : ''} `;
    return written;
  };

  it.each([
    ['Latin', 'a', 'b'],
    ['Arabic', 'ا', 'ب'],
  ])('is short for two long texts with nothing in common (%s)', (_, one, other) => {
    const blame = new TextBlame();
    blame.step('one', long(one, 200_000), { number: 1, takesBack: null });
    const written = long(other, 200_000);
    const busy = busyMs(() => blame.step('two', written, { number: 2, takesBack: null }));
    expect(new Set(blame.parts().map(({ by }) => by))).toEqual(new Set([2]));
    expect(busy).toBeLessThan(500); // about 30 ms; room for a slow machine
  });

  it('is short for a text of the same line over and over, taken out and put back', () => {
    const blame = new TextBlame();
    const same = 'a\n\n'.repeat(60_000);
    const busy = busyMs(() =>
      ['', same, '', `b\n\n${same}`, same, `${same}c`].forEach((written, index) =>
        blame.step(`${index}`, written, { number: index + 1, takesBack: null }),
      ),
    );
    expect(busy).toBeLessThan(3000);
  });
});
