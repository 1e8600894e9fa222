import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type MergePart, mergeTexts, MOST_UNITS, type TextMerge } from '../../src/rules/text-merge';
import { unitsOf } from '../../src/rules/text-units';
import { busyMs } from '../support/busy';

type Side = 'base' | 'mine' | 'theirs';
type Triple = Record<Side, string>;

const chosen = (merge: TextMerge, side: Side): string =>
  (merge.parts ?? [{ merged: merge.merged }])
    .map((part: MergePart) => ('merged' in part ? part.merged : part[side]))
    .join('');

/** A number from 0 to below, the same sequence for the same seed (mulberry32). */
const dice = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const NAMES = [
  'The guard',
  'The general',
  'A witness',
  'Mr. Tannous',
  'The ministry',
  'Nobody',
  'Reuters',
  'Her lawyer',
];
const VERBS = ['denies', 'confirms', 'saw', 'reports', 'regrets', 'published', 'withheld', 'counted'];
const THINGS = ['it', 'the convoy', 'the blast', 'the order', 'that', 'the list', 'both letters', 'a photograph'];
const DAYS = ['', ' on Monday', ' on Friday', ' in 2023', ' last week', ' before dawn', ' in court', ' again'];
const ENDS = ['.', '.', '.', '!', '?"', '。'];

/** An article as paragraphs of sentences, so that edits of it are an editor's; joined as an editor would type it. */
type Article = string[][];
const written = (article: Article): string =>
  article
    .filter((paragraph) => paragraph.length > 0)
    .map((paragraph) => paragraph.join(' '))
    .join('\n\n');

/**
 * Three versions of an article: each side changes, puts in, takes out, moves and repeats sentences and paragraphs, one to
 * three times; of every fourth, both sides begin with the same edit. With few words, most sentences repeat others.
 */
function randomTriple(seed: number, words: number): Triple {
  const roll = dice(seed);
  const one = <T>(from: readonly T[]): T => from[roll(from.length)] as T;
  const word = (from: readonly string[]): string => one(from.slice(0, words));
  const sentence = (): string => `${word(NAMES)} ${word(VERBS)} ${word(THINGS)}${word(DAYS)}${word(ENDS)}`;
  const paragraph = (): string[] => Array.from({ length: 1 + roll(5) }, sentence);
  const changeSentence = (article: Article): void => void one(article).splice(roll(4), 1, sentence());
  const putSentenceIn = (article: Article): void => void one(article).splice(roll(4), 0, sentence());
  const takeSentenceOut = (article: Article): void => void one(article).splice(roll(4), 1);
  const edits: ((article: Article) => void)[] = [
    changeSentence,
    changeSentence,
    changeSentence,
    changeSentence,
    putSentenceIn,
    putSentenceIn,
    takeSentenceOut,
    takeSentenceOut,
    (article) => void one(article).push(...one(article).splice(roll(4), 1)),
    (article) => void one(article).splice(roll(4), 0, ...one(article)),
    (article) => void article.splice(roll(article.length), 0, paragraph()),
    (article) => void article.splice(roll(article.length), 1),
    (article) => void article.splice(roll(article.length), 0, ...article.splice(roll(article.length), 1 + roll(2))),
    (article) => void article.splice(roll(article.length), 0, [...one(article)]),
    (article) => void (article[0] as string[]).push(...(article.splice(1, 1)[0] ?? [])),
  ];
  const edited = (article: Article, times: number): Article => {
    const copy = article.map((sentences) => [...sentences]);
    for (let time = 0; time < times; time++) {
      one(edits)(copy);
      if (copy.length === 0) copy.push(paragraph());
    }
    return copy;
  };
  const base: Article = Array.from({ length: 3 + roll(18) }, paragraph);
  const shared = roll(4) === 0 ? edited(base, 1) : base;
  const [mine, theirs] = [edited(shared, 1 + roll(3)), edited(shared, 1 + roll(3))];
  return { base: written(base), mine: written(mine), theirs: written(theirs) };
}

interface Oracle {
  isClean: boolean;
  text: string;
}

const asLines = (text: string): string =>
  unitsOf(text)
    .map((unit) => `${JSON.stringify(unit)}\n`)
    .join('');
const asText = (lines: string): string =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as string)
    .join('');

/**
 * What `git merge-file` and GNU `diff3` make of texts of one unit a line. diff3 runs with -E: without, it calls what
 * both sides changed alike a conflict, which rules 4.3 do not.
 */
function askOracles(triples: readonly Triple[]): { git: Oracle; diff3: Oracle }[] {
  const folder = mkdtempSync(join(tmpdir(), 'text-merge-'));
  try {
    for (const side of ['base', 'mine', 'theirs', 'git', 'diff3']) mkdirSync(join(folder, side));
    triples.forEach((triple, index) => {
      for (const side of ['base', 'mine', 'theirs'] as const)
        writeFileSync(join(folder, side, String(index)), asLines(triple[side]));
    });
    const script = `i=0; while [ $i -lt ${triples.length} ]; do
      git merge-file -p mine/$i base/$i theirs/$i > git/$i; a=$?
      diff3 -m -E mine/$i base/$i theirs/$i > diff3/$i; echo $a $?
      i=$((i + 1)); done`;
    const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
    const said = execFileSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
    return said
      .trim()
      .split('\n')
      .map((line, index) => {
        const [git, diff3] = line.split(' ').map(Number) as [number, number];
        if (git > 127 || diff3 > 1) throw new Error(`git ended with ${git}, diff3 with ${diff3}`);
        const oracle = (name: string, status: number): Oracle => ({
          isClean: status === 0,
          text: status === 0 ? asText(readFileSync(join(folder, name, String(index)), 'utf8')) : '',
        });
        return { git: oracle('git', git), diff3: oracle('diff3', diff3) };
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How many triples, for each of two measures: 10,000 take five minutes. */
const TRIPLES = Number(process.env.TEXT_TRIPLES ?? 200);
/** Of the first triple. */
const FIRST_SEED = Number(process.env.TEXT_SEED ?? 1);

interface Comparison {
  /** Those that git and diff3 both merge, to the same text. */
  alike: number;
  /** Of these, those where each side changed something, and not the same. */
  alikeOfThree: number;
  merged: number;
  mergedOfThree: number;
  /** Ours merged where they did not, or to another text. */
  wrong: Triple[];
}

function compare(seeds: number[], words: number): Comparison {
  const triples = seeds.map((seed) => randomTriple(seed, words));
  const oracles = askOracles(triples);
  const result: Comparison = { alike: 0, alikeOfThree: 0, merged: 0, mergedOfThree: 0, wrong: [] };
  triples.forEach((triple, index) => {
    const { git, diff3 } = oracles[index] as { git: Oracle; diff3: Oracle };
    const { merged } = mergeTexts(triple.base, triple.mine, triple.theirs);
    const isAlike = git.isClean && diff3.isClean && git.text === diff3.text;
    if (merged !== null && !(isAlike && merged === git.text)) result.wrong.push(triple);
    if (!isAlike) return;
    const ofThree = new Set(Object.values(triple)).size === 3 ? 1 : 0;
    result.alike += 1;
    result.alikeOfThree += ofThree;
    if (merged !== git.text) return;
    result.merged += 1;
    result.mergedOfThree += ofThree;
  });
  return result;
}

describe('merging texts as git merge-file and GNU diff3 do', () => {
  const seeds = Array.from({ length: TRIPLES }, (_, index) => FIRST_SEED + index);
  const report = (what: string, { wrong, ...counts }: Comparison): void => {
    if (!process.env.TEXT_TRIPLES) return;
    process.stdout.write(`${TRIPLES} ${what}: ${JSON.stringify({ ...counts, wrong: wrong.length })}\n`);
  };

  it('never merges articles that they do not merge alike, and 95 % of those that they do', () => {
    const compared = compare(seeds, 8);
    report('articles', compared);
    expect(compared.wrong).toEqual([]);
    expect(compared.merged / compared.alike).toBeGreaterThanOrEqual(0.95);
  }, 1_800_000);

  it('never merges articles that repeat themselves over and over unless they merge them alike', () => {
    const compared = compare(seeds, 2);
    report('that repeat themselves', compared);
    expect(compared.wrong).toEqual([]);
  }, 1_800_000);
});

describe('merging texts', () => {
  const BASE = 'The guard left. Nobody saw it.\n\nThe list was found. It has names. It is real.\n';

  it('keeps changes of different sentences of one body', () => {
    const mine = BASE.replace('The guard left', 'The guard was withdrawn');
    const theirs = BASE.replace('It is real', 'It is forged');
    expect(mergeTexts(BASE, mine, theirs)).toEqual({
      merged: mine.replace('It is real', 'It is forged'),
      parts: null,
    });
  });

  it('shows what merged and the place where two changed sentences touch', () => {
    const mine = BASE.replace('It has names.', 'It has 40 names.');
    const theirs = BASE.replace('It is real', 'It is forged').replace('The guard', 'The general');
    expect(mergeTexts(BASE, mine, theirs).parts).toEqual([
      { merged: 'The general left. Nobody saw it.\n\nThe list was found. ' },
      {
        base: 'It has names. It is real.\n',
        mine: 'It has 40 names. It is real.\n',
        theirs: 'It has names. It is forged.\n',
      },
    ]);
  });

  it.each([
    ['one takes out what the other changes', 'a\nb\nc\n', 'a\nc\n', 'a\nB\nc\n'],
    ['both put something in at one place', 'a\nc\n', 'a\nx\nc\n', 'a\ny\nc\n'],
    ['both move it, to different places', 'X\na\nb\nc\nd\ne\n', 'a\nb\nX\nc\nd\ne\n', 'a\nb\nc\nd\nX\ne\n'],
    ['one moves what the other takes out', 'X\na\nb\nc\nd\ne\n', 'a\nb\nX\nc\nd\ne\n', 'a\nb\nc\nd\ne\n'],
    ['each takes out another of two', 'X\na\nb\nc\nX\nd\n', 'a\nb\nc\nX\nd\n', 'X\na\nb\nc\nd\n'],
    ['both put the same in, at different places', 'a\nb\nc\nd\n', 'a\nX\nb\nc\nd\n', 'a\nb\nc\nX\nd\n'],
  ])('is a conflict where %s', (_what, base, mine, theirs) => {
    const merge = mergeTexts(base, mine, theirs);
    expect(merge.merged).toBeNull();
    expect(chosen(merge, 'mine')).not.toBe(chosen(merge, 'theirs'));
  });

  it('takes once what both wrote alike', () => {
    expect(mergeTexts('a\nc\nd\ne\n', 'a\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\n').merged).toBe('a\nb\nc\nd\nE\n');
  });

  it('ends in a conflict within a second with texts made to be slow', () => {
    const lines = (count: number, word: string): string =>
      Array.from({ length: count }, (_, index) => `${word} ${index}.\n`).join('');
    const triples: [string, string, string][] = [
      [lines(19_000, 'a'), lines(19_000, 'b'), lines(19_000, 'c')],
      ['a\n'.repeat(1_000_000), `x\n${'a\n'.repeat(1_000_000)}`, `${'a\n'.repeat(1_000_000)}y`],
      ['a\nb\n'.repeat(9_999), `${'b\na\n'.repeat(9_998)}c`, 'a\na\nb\n'.repeat(6_000)],
    ];
    for (const [base, mine, theirs] of triples) {
      const merging = (): void => expect(mergeTexts(base, mine, theirs).parts).toEqual([{ base, mine, theirs }]);
      expect(busyMs(merging)).toBeLessThan(1_000);
    }
    expect(MOST_UNITS).toBeLessThan(1_000_000);
  });
});

describe('properties of merged texts', () => {
  const piece = fc.constantFrom('a. ', 'b. ', 'Long one. ', '\n', '\n\n', 'c\n', '他来了。', 'नहीं। ', 'word ', '.');
  const text = fc.oneof(
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'grapheme' }),
  );
  const words = fc.constantFrom(2, 8);
  const triple = fc.oneof(
    fc.tuple(fc.nat(), words).map(([seed, count]) => randomTriple(seed, count)),
    fc.record({ base: text, mine: text, theirs: text }),
  );
  // Rules, dots and the like may stand as often as git and diff3 have them.
  const wordedUnits = (whole: string): Set<string> =>
    new Set(unitsOf(whole).filter((unit) => /[\p{L}\p{N}]/u.test(unit)));

  it('cuts any text into units that are the text when joined', () => {
    fc.assert(fc.property(text, (whole) => expect(unitsOf(whole).join('')).toBe(whole)));
  });

  it('gives a side where the other changed nothing', () => {
    fc.assert(
      fc.property(text, text, (base, side) => {
        expect(mergeTexts(base, side, base)).toEqual({ merged: side, parts: null });
        expect(mergeTexts(base, base, side)).toEqual({ merged: side, parts: null });
        expect(mergeTexts(base, side, side)).toEqual({ merged: side, parts: null });
      }),
    );
  });

  it('is the same with the sides swapped', () => {
    fc.assert(
      fc.property(triple, ({ base, mine, theirs }) => {
        const swapped = mergeTexts(base, theirs, mine).parts?.map((part) =>
          'merged' in part ? part : { base: part.base, mine: part.theirs, theirs: part.mine },
        );
        const merge = mergeTexts(base, mine, theirs);
        expect(swapped ?? null).toEqual(merge.parts);
        expect(mergeTexts(base, theirs, mine).merged).toBe(merge.merged);
      }),
    );
  });

  it('loses nothing that one side wrote, and keeps nothing that one took out, whichever side is chosen', () => {
    fc.assert(
      fc.property(triple, fc.constantFrom('mine' as const, 'theirs' as const), (texts, side) => {
        const merge = mergeTexts(texts.base, texts.mine, texts.theirs);
        const [base, mine, theirs] = [wordedUnits(texts.base), wordedUnits(texts.mine), wordedUnits(texts.theirs)];
        const result = wordedUnits(chosen(merge, side));
        for (const unit of side === 'mine' ? mine : theirs) if (!base.has(unit)) expect(result).toContain(unit);
        if (merge.merged === null) return;
        for (const unit of [...mine, ...theirs]) if (!base.has(unit)) expect(result).toContain(unit);
        for (const unit of base)
          if (mine.has(unit) && theirs.has(unit)) expect(result).toContain(unit);
          else if (!mine.has(unit) && !theirs.has(unit)) expect(result).not.toContain(unit);
      }),
    );
  });
});
