import * as fc from 'fast-check';
import { createEntry } from '../../src/edits/create-entry';
import { editEntry } from '../../src/edits/edit-entry';
import { revertEntry, undoRevision } from '../../src/edits/take-back';
import type { Problem } from '../../src/model/edit';
import type { Content, EntryKind } from '../../src/model/entry';
import { sameContent } from '../../src/rules/contents';
import { spellOut } from '../../src/rules/diff';
import type { FieldRules } from '../../src/rules/fields';
import { KINDS } from '../../src/rules/kinds';
import { findContentsDown } from '../../src/store/revisions';
import { Scope } from '../../src/store/scope';
import { applyChanges, inOneOrder } from '../support/apply-changes';
import { CONTENTS, TEXTS } from '../support/arbitrary-contents';
import { openPool, Translator } from '../support/histories';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

/** What stands against an edit: not what only keeps it from being public at once. */
const mistakes = (problems: readonly Problem[]): Problem[] => problems.filter(({ code }) => code !== 'CHECK');

let room: TestNewsroom;
let pool: Awaited<ReturnType<typeof openPool>>;
beforeAll(async () => {
  room = await openTestNewsroom();
  pool = await openPool(room);
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

const kinds = Object.keys(CONTENTS) as (keyof typeof CONTENTS)[];
const rulesOf = (kind: EntryKind) => KINDS[kind].fields as FieldRules;
const scope = () => new Scope(room.newsroom, room.as('EDITOR').viewer);
let address = 0;

/** What each revision of an entry holds, the first at 0. */
async function contentsOf(id: string): Promise<Content[]> {
  const down = await findContentsDown(room.newsroom.database.run, id, { low: 1, high: 1000 });
  return down.map(({ content }) => content).toReversed();
}

const latestOf = async (id: string): Promise<Content> => (await contentsOf(id)).at(-1) as Content;

/** An entry with a history: each content written over the one before, or only the fields that are dealt to it. */
async function write(kind: EntryKind, contents: readonly Content[], fieldsOf?: (index: number) => readonly string[]) {
  const translator = new Translator(kind, pool, String((address += 1)));
  const [first, ...rest] = contents as [Content, ...Content[]];
  const made = await createEntry(scope(), kind, { fields: translator.toInput(first), publish: true });
  expect(mistakes(made.problems)).toEqual([]);
  const id = made.entryId as string;
  translator.learn(first, await latestOf(id));
  for (const [index, content] of rest.entries()) {
    const only = fieldsOf?.(index);
    const [{ latest }] = await room.sql('select latest from entry where id = $1', [id]);
    const input = { id, baseRevision: latest, fields: translator.toInput(content, only) };
    const { outcome, problems } = await editEntry(scope(), kind, input);
    expect({ outcome, problems: mistakes(problems) }).toEqual({
      outcome: expect.stringMatching(/SAVED|UNCHANGED/),
      problems: [],
    });
    translator.learn(content, await latestOf(id), only);
  }
  return { id, contents: await contentsOf(id), translator };
}

const DIFF = `query ($id: ID!, $from: Int!, $to: Int!) { node(id: $id, view: LATEST) {
  ... on Entry { diff(from: $from, to: $to) { path op before after text { op text } } } } }`;
const diff = async (id: string, from: number, to: number): Promise<Answer[]> =>
  (await room.as('EDITOR').run(DIFF, { id, from, to })).node.diff;

async function textsById(contents: readonly Content[]): Promise<Map<string, string>> {
  const hashes = contents.flatMap((content) => Object.values(content).filter((value) => typeof value === 'string'));
  const rows = await room.sql('select hash, body from text where hash = any($1::text[])', [hashes]);
  return new Map(rows.map(({ hash, body }) => [hash, body]));
}

describe.each(kinds)('A history of a %s', (kind) => {
  const rules = rulesOf(kind);
  const history = fc.array(CONTENTS[kind], { minLength: 2, maxLength: 4 });

  it('can be followed by its differences: each, applied to one revision, gives the other', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (states) => {
        const { id, contents } = await write(kind, states);
        const texts = await textsById(contents);
        const spelled = contents.map((content) => inOneOrder(rules, spellOut(kind, content, texts)));
        for (const [from, before] of spelled.entries())
          for (const [to, after] of spelled.entries()) {
            const changes = await diff(id, from + 1, to + 1);
            expect(inOneOrder(rules, applyChanges(rules, before, changes))).toEqual(after);
            for (const change of changes) {
              const join = (...ops: string[]) =>
                change.text
                  ?.filter(({ op }: Answer) => ops.includes(op))
                  .map(({ text }: Answer) => text)
                  .join('');
              if (change.text)
                expect([join('EQUAL', 'DELETE'), join('EQUAL', 'INSERT')]).toEqual([
                  change.before ?? '',
                  change.after ?? '',
                ]);
            }
          }
      }),
      { numRuns: 6 },
    );
  });

  it('loses its newest revision alike by undoing it and by going back to the one before', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (states) => {
        const { id, contents } = await write(kind, states);
        const latest = contents.length;
        if (latest < 2) return;
        const before = contents[latest - 2] as Content;
        const undo = await undoRevision(scope(), { id, revision: latest, dryRun: true });
        const revert = await revertEntry(scope(), { id, baseRevision: latest, toRevision: latest - 1, dryRun: true });
        expect([undo.outcome, undo.changes]).toEqual(['SAVED', revert.changes]);
        expect(revert.outcome).toBe('SAVED');
        expect((await undoRevision(scope(), { id, revision: latest })).outcome).toBe('SAVED');
        expect(sameContent(kind, await latestOf(id), before)).toBe(true);
        const back = { id, baseRevision: latest + 1, toRevision: latest };
        expect((await revertEntry(scope(), back)).outcome).toBe('SAVED');
        expect(sameContent(kind, await latestOf(id), contents[latest - 1] as Content)).toBe(true);
      }),
      { numRuns: 6 },
    );
  });

  it('without one of its edits is as if that had never been, where no other touched the same', async () => {
    const fields = Object.keys(rules);
    const dealt = fc.array(fc.nat(2), { minLength: fields.length, maxLength: fields.length });
    const four = fc.tuple(CONTENTS[kind], CONTENTS[kind], CONTENTS[kind], CONTENTS[kind]);
    await fc.assert(
      fc.asyncProperty(four, dealt, fc.nat(2), async (states, cards, undone) => {
        const fieldsOf = (index: number) => fields.filter((_, place) => cards[place] === index);
        const { id } = await write(kind, states, fieldsOf);
        const numbers = await room.sql(`select number, content from revision where entry = $1 order by number`, [id]);
        // An edit that changed nothing has no revision: which of them is the one to undo is told by what it wrote.
        const contents = numbers.map(({ content }) => content as Content);
        const first = contents[0] as Content;
        const latest = contents.at(-1) as Content;
        const isOf = (index: number) =>
          contents.findIndex((content, place) => {
            const before = contents[place - 1];
            return (
              before &&
              fieldsOf(index).some((field) => JSON.stringify(content[field]) !== JSON.stringify(before[field]))
            );
          });
        const place = isOf(undone);
        if (place < 0) return;
        const { outcome, problems } = await undoRevision(scope(), { id, revision: place + 1 });
        expect({ outcome, problems: mistakes(problems) }).toEqual({
          outcome: expect.stringMatching(/SAVED|MERGED/),
          problems: [],
        });
        const expected = { ...latest, ...Object.fromEntries(fieldsOf(undone).map((field) => [field, first[field]])) };
        expect(inOneOrder(rules, await latestOf(id))).toEqual(inOneOrder(rules, expected as Content));
      }),
      { numRuns: 6 },
    );
  });
});

it('The texts of these histories are those that arbitrary contents hold', async () => {
  const rows = await room.sql('select body from text');
  expect(rows.map(({ body }) => body)).toEqual(expect.arrayContaining([...TEXTS.values()]));
});
