import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import Ajv2020 from 'ajv/dist/2020';
import * as fc from 'fast-check';
import { sha256 } from '../../src/base/hash';
import { hideRevisions } from '../../src/edits/hide-revisions';
import { importNewsroom } from '../../src/edits/import-newsroom';
import { describeExport } from '../../src/model/export';
import { Scope } from '../../src/store/scope';
import { readLines } from '../../src/tools/lines';
import { headOf, linesOf } from '../support/copies';
import { openDesk } from '../support/desk';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { deeds, everySixth, History } from '../support/past-histories';
import { countRows } from '../support/tables';
import { talkIn } from '../support/talk';

jest.setTimeout(240_000);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const schema = JSON.parse(readFileSync(path.join(__dirname, '../../schema/export.json'), 'utf8'));
const validate = new Ajv2020({
  strict: false,
  formats: { uuid: UUID, 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
}).compile(schema);

let place: string;
let room: TestNewsroom;
/** What is exported of it, as it is written. */
let lines: Answer[];
beforeAll(async () => {
  place = mkdtempSync(path.join(tmpdir(), 'newsroom-in-and-out-'));
  room = await openTestNewsroom();
  const history = new History(room, { most: 18 });
  for (const deed of [...everySixth, ...everySixth, ...(fc.sample(deeds(60), { seed: 3, numRuns: 1 })[0] ?? [])])
    await history.do(deed);
  const { id } = await room.make.story({ body: 'Nothing but the [[actor:truth]].' });
  const desk = openDesk(room);
  await desk.edit('story', id, 1, { headline: 'The secret one', body: 'The secret body' });
  await desk.edit(
    'story',
    id,
    2,
    { headline: 'The third', body: null },
    { correction: { kind: 'UPDATE', note: 'Three now.' } },
  );
  await desk.act('protect', { id, minimumRole: 'EDITOR', reason: 'disputed' });
  const hidden = { id, revisions: [2], hidden: true, reason: 'private' };
  await hideRevisions(new Scope(room.newsroom, room.as('ADMIN').viewer), hidden);
  const doomed = await room.make.document();
  await desk.act('withdraw', { id: doomed.id, note: 'It was forged.' });
  await talkIn(room).say(id, 'Look at this.');
  const [one, other, third] = [await room.make.actor(), await room.make.actor(), await room.make.actor()];
  await desk.act('mergeEntries', { from: one.id, into: other.id });
  await room
    .as('EDITOR')
    .run(`mutation ($input: JudgeMatchInput!) { judgeMatch(input: $input) { problems { code } } }`, {
      input: { a: third.id, b: other.id, judgement: 'NOT_SAME' },
    });
  lines = await linesOf(room);
});
afterAll(async () => {
  await room.close();
  rmSync(place, { recursive: true, force: true });
});

const save = (name: string, content: string | Buffer): string => {
  const file = path.join(place, name);
  writeFileSync(file, content);
  return file;
};
const text = (all: readonly Answer[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');
const importFile = (into: TestNewsroom, file: string) =>
  importNewsroom(into.newsroom, { lines: () => readLines(file) });

it('Every line of an export is as its schema says, which is committed', async () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(describeExport())));
  const first = await linesOf(room, null);
  expect(new Set(first.map(({ line }) => line))).toEqual(
    new Set([
      'newsroom',
      'user',
      'text',
      'change',
      'correction',
      'protection',
      'comment',
      'concealment',
      'withdrawal',
      'redirect',
      'judgement',
      'standing',
      'end',
    ]),
  );
  for (const line of first) expect([line, validate(line), validate.errors]).toEqual([line, true, null]);
  expect(validate({ line: 'watch', entry: first[0] })).toBe(false);
  expect(validate({ ...lines.find(({ line }) => line === 'change'), state: 'GONE' })).toBe(false);
});

it('Sealed things, tokens, roles, watches and what is out of sight never leave', async () => {
  const whole = text(lines);
  expect(whole).not.toContain('The secret');
  expect(whole).toContain('private');
  expect(whole).toContain('Look at this.');
  const settings = (await room.sql('select value from setting')).map((row) => String(row.value));
  for (const value of settings.filter(({ length }) => length > 8)) expect(whole).not.toContain(value);
  for (const user of lines.filter(({ line }) => line === 'user'))
    expect(Object.keys(user)).toEqual(['line', 'id', 'name', 'bot']);
});

const change = (n: number): number => lines.findIndex((line) => line.line === 'change') + n;
const withLine = (index: number, more: object): Answer[] =>
  lines.map((line, n) => (n === index ? { ...line, ...more } : line));
const wroteAt = (): number =>
  lines.findIndex((line) => line.line === 'change' && line.wrote?.content && line.position > 8);
const withWrote = (more: object): Answer[] => withLine(wroteAt(), { wrote: { ...lines[wroteAt()].wrote, ...more } });
const NOBODY = '00000000-0000-4000-8000-000000000000';
const rehashed = (content: object) => withWrote({ content, hash: sha256(JSON.stringify(content)) });
const index = (name: string): number => lines.findIndex(({ line }) => line === name);

const doubled = (name: string): Answer[] =>
  withEnd(lines.flatMap((line, n) => (n === index(name) ? [line, line] : [line])));
const withEnd = (all: readonly Answer[]): Answer[] => [...all.slice(0, -1), { line: 'end', lines: all.length }];
const hiddenAt = (): number => lines.findIndex(({ line, kind }) => line === 'change' && kind === 'HIDDEN');

const BAD: Readonly<Record<string, () => { content: string; at: number; says: RegExp }>> = {
  'a cut file': () => ({ content: text(lines.slice(0, -3)), at: lines.length - 2, says: /was cut/ }),
  'a file cut within a line': () => ({ content: text(lines).slice(0, -400), at: 0, says: /no JSON|was cut/ }),
  'an empty file': () => ({ content: '', at: 0, says: /not a single line/ }),
  'something that is no JSON': () => ({
    content: text(lines).replace(/\n\{"line":"change"/, '\n{line:"change"'),
    at: change(1),
    says: /no JSON/,
  }),
  'another format': () => ({
    content: text(withLine(0, { format: 2 })),
    at: 1,
    says: /format 2; this release reads format 1/,
  }),
  'a line of an unknown sort': () => ({ content: text(withLine(3, { line: 'watch' })), at: 4, says: /line/ }),
  'an unknown kind of entry': () => ({
    content: text(withLine(change(0), { entryKind: 'CASE' })),
    at: change(1),
    says: /entryKind/,
  }),
  'a field that nobody knows': () => ({
    content: text(withLine(change(0), { secret: 1 })),
    at: change(1),
    says: /secret/,
  }),
  'no first line': () => ({ content: text(lines.slice(1)), at: 1, says: /begins with a line `newsroom`/ }),
  'two exports in one file': () => ({
    content: text([...lines.slice(0, -1), ...lines]),
    at: lines.length,
    says: /second export/,
  }),
  'something after the end': () => ({
    content: text([...lines, lines[1]]),
    at: lines.length + 1,
    says: /after the end/,
  }),
  'a content that is another one': () => ({
    content: text(withWrote({ hash: sha256('x') })),
    at: wroteAt() + 1,
    says: /has not the hash/,
  }),
  'a text that is another one': () => ({
    content: text(withLine(index('text'), { body: 'forged' })),
    at: index('text') + 1,
    says: /text has not the hash/,
  }),
  'a text that is missing': () => ({
    content: text(lines.filter(({ line }) => line !== 'text')),
    at: 0,
    says: /names the text [0-9a-f]{64}, which is not there/,
  }),
  'a change that is missing': () => ({
    content: text(lines.filter((_, n) => n !== change(2))),
    at: change(3),
    says: /position 4 comes after 2/,
  }),
  'a change that is there twice': () => ({
    content: text([...lines.slice(0, change(2)), lines[change(1)], ...lines.slice(change(2))]),
    at: change(3),
    says: /position 2 comes after 2/,
  }),
  'a time that goes back': () => ({
    content: text(withLine(change(4), { at: '2001-01-01T00:00:00.000Z' })),
    at: change(5),
    says: /before the change before/,
  }),
  'a user of whom there is no line': () => ({
    content: text(withLine(change(0), { author: NOBODY })),
    at: change(1),
    says: new RegExp(`the user ${NOBODY}`),
  }),
  'a cause that is not there': () => ({
    content: text(withLine(change(1), { cause: NOBODY })),
    at: change(2),
    says: new RegExp(`the entry ${NOBODY}, which is not there`),
  }),
  'a content that refers to nothing': () => {
    const at = lines.findIndex((line) => line.wrote?.content?.subject);
    const content = { ...lines[at].wrote.content, subject: NOBODY };
    const wrote = { ...lines[at].wrote, content, hash: sha256(JSON.stringify(content)) };
    return {
      content: text(withLine(at, { wrote })),
      at: at + 1,
      says: new RegExp(`the entry ${NOBODY}, which is not there`),
    };
  },
  'a content of a format to come': () => ({
    content: text(withWrote({ format: 99 })),
    at: wroteAt() + 1,
    says: /format 99; this release knows/,
  }),
  'a content without a field': () => ({
    content: text(rehashed({ language: 'en' })),
    at: wroteAt() + 1,
    says: /lacks the field/,
  }),
  'a content with a field of no kind': () => ({
    content: text(rehashed({ ...lines[wroteAt()].wrote.content, colour: 'red' })),
    at: wroteAt() + 1,
    says: /field colour/,
  }),
  'a content that nobody can read': () => ({
    content: text(rehashed(Object.fromEntries(Object.keys(lines[wroteAt()].wrote.content).map((name) => [name, 7])))),
    at: wroteAt() + 1,
    says: /cannot be read/,
  }),
  'a revision that is missing': () => ({
    content: text(withLine(wroteAt(), { wrote: null })),
    at: wroteAt() + 1,
    says: /newest revision of/,
  }),
  'a comment on what is not there': () => ({
    content: text(withLine(index('comment'), { entry: NOBODY })),
    at: index('comment') + 1,
    says: /not there/,
  }),
  'a correction of a change that never was': () => ({
    content: text(withLine(index('correction'), { position: 99_999 })),
    at: index('correction') + 1,
    says: /no position 99999/,
  }),
  'a text that no database can hold': () => ({
    content: text(withLine(index('comment'), { body: 'a\0b' })),
    at: index('comment') + 1,
    says: /body: it holds NUL/,
  }),
  'half of a character in a content': () => ({
    content: text(rehashed({ ...lines[wroteAt()].wrote.content, language: '\ud83d' })),
    at: wroteAt() + 1,
    says: /wrote\.content\.language: it holds NUL, or half/,
  }),
  'a time that no calendar has': () => ({
    content: text(withLine(index('protection'), { expiresAt: '0000-01-01T00:00:00.000Z' })),
    at: index('protection') + 1,
    says: /expiresAt/,
  }),
  'a comment that is there twice': () => ({
    content: text(doubled('comment')),
    at: index('comment') + 2,
    says: /there twice/,
  }),
  'a user who is there twice': () => ({
    content: text(doubled('user')),
    at: index('user') + 2,
    says: /was there before/,
  }),
  'a comment that is settled by nobody': () => ({
    content: text(withLine(index('comment'), { resolvedAt: '2026-01-01T00:00:00.000Z' })),
    at: index('comment') + 1,
    says: /resolvedBy/,
  }),
  'a withdrawal at the place of another change': () => ({
    content: text(withLine(index('withdrawal'), { position: 1 })),
    at: index('withdrawal') + 1,
    says: /position 1 does not say so/,
  }),
  'a protection from before it was decided': () => ({
    content: text(withLine(index('protection'), { since: 1, until: null })),
    at: index('protection') + 1,
    says: /position 1 does not say so/,
  }),
  'an entry that is put out of sight and published by it': () => ({
    content: text(withLine(hiddenAt(), { publicKind: 'PUBLISHED' })),
    at: hiddenAt() + 1,
    says: /not PUBLISHED/,
  }),
  'a first publication of which the public is told nothing': () => ({
    content: text(
      withLine(
        lines.findIndex(({ publicKind }) => publicKind === 'PUBLISHED'),
        { publicKind: null },
      ),
    ),
    at: lines.findIndex(({ publicKind }) => publicKind === 'PUBLISHED') + 1,
    says: /told PUBLISHED of it, not nothing/,
  }),
  'an embargo of which nobody says when it ends': () => ({
    content: text(withEnd(lines.filter((line) => line.line !== 'standing' || line.embargoUntil === null))),
    at: 0,
    says: /is under an embargo, and no line `standing`/,
  }),
  'a merged entry for which another answers than the changes say': () => ({
    content: text(withLine(index('redirect'), { into: lines[change(0)].entry })),
    at: index('redirect') + 1,
    says: /its into is [0-9a-f-]{36} by the changes/,
  }),
  'a merging that never was': () => ({
    content: text(withLine(index('redirect'), { since: 1 })),
    at: index('redirect') + 1,
    says: /no change at position 1 says/,
  }),
  'a judgement of one actor': () => ({
    content: text(withLine(index('judgement'), { one: lines[index('judgement')].other })),
    at: index('judgement') + 1,
    says: /not the same/,
  }),
  'a change into another entry that is no merging': () => ({
    content: text(withLine(change(1), { into: lines[change(0)].entry })),
    at: change(2),
    says: /has no `into`/,
  }),
  'fewer lines than there were': () => ({
    content: text(lines.filter(({ line }) => line !== 'comment')),
    at: lines.length - 1,
    says: /had \d+ lines/,
  }),
};

describe('What is wrong with a file is told with its line, and nothing of it is written:', () => {
  let empty: TestNewsroom;
  beforeAll(async () => {
    empty = await openTestNewsroom();
  });
  afterAll(() => empty.close());
  for (const [name, make] of Object.entries(BAD))
    it(name, async () => {
      const before = await countRows(empty);
      const { content, at, says } = make();
      const error: unknown = await importFile(empty, save('bad', content)).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringMatching(says) });
      if (at > 0) expect((error as Error).message).toMatch(new RegExp(`^line ${at}: `));
      expect(await countRows(empty)).toEqual(before);
    });

  it('a packed file that was cut', async () => {
    const packed = gzipSync(text(lines));
    const file = save('cut.gz', packed.subarray(0, packed.length - 40));
    await expect(importFile(empty, file)).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be unpacked/),
    });
    expect((await countRows(empty)).entry).toBe(0);
  });
});

describe('What cannot be one is not made one:', () => {
  it('a newsroom with a history of its own takes over no other', async () => {
    const other = await openTestNewsroom();
    await other.make.story();
    const before = await countRows(other);
    await expect(importFile(other, save('whole', text(lines)))).rejects.toMatchObject({
      message: expect.stringMatching(/^line \d+: position 1 is another change in this newsroom.*SAMPLE=off/),
    });
    expect(await countRows(other)).toEqual(before);
    await other.close();
  });

  it('a copy that somebody wrote to does not follow any more, and one that is behind says so', async () => {
    const copy = await openTestNewsroom();
    const file = save('whole', text(lines));
    await importFile(copy, file);
    const head = headOf(lines);
    await room.make.story();
    const one = await linesOf(room, head);
    await room.make.actor();
    const two = await linesOf(room, headOf(one));
    await expect(importFile(copy, save('two', text(two)))).rejects.toMatchObject({
      message: expect.stringMatching(/goes on after position \d+; this newsroom ends at \d+/),
    });
    await copy.make.story();
    const before = await countRows(copy);
    await expect(importFile(copy, save('one', text(one)))).rejects.toMatchObject({
      message: expect.stringMatching(/another change in this newsroom/),
    });
    expect(await countRows(copy)).toEqual(before);
    await copy.close();
  });

  it('a revision with another content than the one that is here is refused by its name', async () => {
    const copy = await openTestNewsroom();
    await importFile(copy, save('whole', text(lines)));
    const { entry, wrote } = lines[wroteAt()];
    const content = { ...wrote.content, language: 'eo' };
    await expect(importFile(copy, save('forged', text(rehashed(content))))).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(`^line ${wroteAt() + 1}: revision ${wrote.number} of ${entry} has another content here`),
      ),
    });
    await copy.close();
  });

  it('whoever can sign in keeps name and role; others stay authors and no more', async () => {
    const copy = await openTestNewsroom();
    const [{ id }] = await copy.sql(`select id from "user" where role = 'EDITOR'`);
    const [author] = lines.filter(({ line }) => line === 'user');
    const renamed = JSON.parse(text([lines]).replaceAll(author.id, id)) as Answer[];
    await importFile(copy, save('mine', text(renamed)));
    expect(await copy.sql('select name, role, active from "user" where id = $1', [id])).toEqual([
      { name: 'The EDITOR', role: 'EDITOR', active: true },
    ]);
    const others = await copy.sql(`select role, active from "user" where id = any($1)`, [
      lines.filter((line) => line.line === 'user' && line.id !== author.id).map((line) => line.id),
    ]);
    expect(others.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual({ role: 'READER', active: false });
    await copy.close();
  });
});
