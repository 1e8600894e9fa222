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
import { openInput, readLines } from '../../src/tools/lines';
import { headOf, linesOf } from '../support/copies';
import { openDesk } from '../support/desk';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { deeds, everySixth, History } from '../support/past-histories';
import { countRows } from '../support/tables';
import { talkIn } from '../support/talk';
import { spoiling, text } from './wrong-exports.cases';

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
const lines: Answer[] = [];
const { wroteAt, rehashed, cases } = spoiling(lines);
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
  const back = await room.make.story({ cast: [{ actor: other.id }] });
  await desk.edit('story', back.id, 1, { cast: [] });
  for (const isHidden of [true, false])
    await hideRevisions(new Scope(room.newsroom, room.as('ADMIN').viewer), {
      id: back.id,
      revisions: [1],
      hidden: isHidden,
      reason: 'looked at again',
    });
  const { id: draft } = await room.make.story(
    { cast: [{ actor: (await room.make.actor({}, { publish: false })).id }] },
    { publish: false },
  );
  await desk.act('publish', { id: draft, revision: 1, references: true });
  lines.push(...(await linesOf(room)));
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
async function importFile(into: TestNewsroom, name: string) {
  const file = await openInput(name);
  try {
    return await importNewsroom(into.newsroom, { lines: () => readLines(file) });
  } finally {
    await file.close();
  }
}

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
      'link',
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

describe('What is wrong with a file is told with its line, and nothing of it is written:', () => {
  let empty: TestNewsroom;
  beforeAll(async () => {
    empty = await openTestNewsroom();
  });
  afterAll(() => empty.close());
  for (const [name, make] of Object.entries(cases))
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

  it('a revision that is brought back comes as it was, or is refused by its line', async () => {
    const [source, copy] = [await openTestNewsroom(), await openTestNewsroom()];
    const scope = new Scope(source.newsroom, source.as('ADMIN').viewer);
    const { id } = await source.make.story({ cast: [{ actor: (await source.make.actor()).id }] });
    await openDesk(source).edit('story', id, 1, { cast: [] });
    await hideRevisions(scope, { id, revisions: [1], hidden: true, reason: 'private' });
    const whole = await linesOf(source);
    await importFile(copy, save('before', text(whole)));
    await hideRevisions(scope, { id, revisions: [1], hidden: false, reason: 'looked at again' });
    const news = (await linesOf(source, headOf(whole))) as Answer[];
    const at = news.findIndex(({ line }) => line === 'revision');
    const before = await countRows(copy);
    const { content } = news[at];
    const forged = (other: object) => ({ content: other, hash: sha256(JSON.stringify(other)) });
    for (const [more, says] of [
      [{ content: null }, 'either its content or what hides it'],
      [forged({ ...content, cast: [] }), 'another content here'],
      [forged({ ...content, cast: [{ ...content.cast[0], actor: 'nobody' }] }), 'cast holds what cannot be there'],
    ] as const) {
      const bad = news.map((line, n) => (n === at ? { ...line, ...more } : line));
      await expect(importFile(copy, save('bad', text(bad)))).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: expect.stringMatching(new RegExp(`^line ${at + 1}: .*${says}`)),
      });
    }
    expect(await countRows(copy)).toEqual(before);
    await importFile(copy, save('news', text(news)));
    await source.close();
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
