import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { ChangeKind, type ChangeRecord } from '../../src/model/change';
import { describeEvent, toEvent } from '../../src/feed/event';
import { findNotes, readChanges, readLedger } from '../../src/store/feed';
import { openDesk } from '../support/desk';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

const schema = JSON.parse(readFileSync(path.join(__dirname, '../../schema/change-event.json'), 'utf8'));
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const validate = new Ajv2020({
  formats: { uuid: UUID, 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
}).compile(schema);

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

it('The events of all that happens are as their schema says', async () => {
  expect(schema).toEqual(describeEvent());
  const desk = openDesk(room);
  const { id } = await room.make.story();
  await desk.edit('story', id, 1, { headline: 'Two' }, { correction: { kind: 'UPDATE', note: 'There are two.' } });
  await desk.act('withdraw', { id, note: 'It was forged.' });
  const { run } = room.newsroom.database;
  const all = { kinds: null, entryKinds: null, entries: null, story: null, watchedBy: null };
  for (const view of ['LATEST', 'PUBLISHED'] as const) {
    const { changes } = await readChanges(run, { ...all, view }, { after: 0n, limit: 100 });
    const notes = await findNotes(run, changes);
    const events = changes.map((change) =>
      toEvent(change, room.newsroom.moments.seal(change.position), notes.get(change.position) ?? null),
    );
    for (const event of events) expect([event, validate(event), validate.errors]).toEqual([event, true, null]);
    expect(events.map(({ type, data }) => [type, data.revision, data.note])).toEqual(
      view === 'PUBLISHED'
        ? [['entry.withdrawn', null, 'It was forged.']]
        : [
            ['entry.created', 1, undefined],
            ['entry.corrected', 2, 'There are two.'],
            ['entry.withdrawn', 2, 'It was forged.'],
          ],
    );
  }
});

it('Of what is not public any more an event has no revision, as a change has none', async () => {
  const desk = openDesk(room);
  const { id } = await room.make.story();
  await desk.edit('story', id, 1, { headline: 'Two' });
  const { run } = room.newsroom.database;
  const all = { kinds: null, entryKinds: null, entries: [id], story: null, watchedBy: null };
  const told = async () => {
    const { changes } = await readChanges(run, { ...all, view: 'PUBLISHED' }, { after: 0n, limit: 100 });
    const live = (await readLedger(run, 0n, 100)).flatMap(({ published }) =>
      published?.entry === id ? published : [],
    );
    expect(live).toEqual(changes);
    const query = `query ($id: ID!) { changes(filter: { entries: [$id] }) { changes { kind revision { number } } } }`;
    const asked = (await room.asAnonymous().run(query, { id })).changes.changes;
    const events = changes.map((change) => toEvent(change, room.newsroom.moments.seal(change.position)));
    for (const event of events) expect([event, validate(event)]).toEqual([event, true]);
    const words = events.map(({ data }) => `${data.kind} ${data.revision}`);
    expect(words).toEqual(asked.map(({ kind, revision }: Answer) => `${kind} ${revision?.number ?? null}`));
    return words;
  };
  await desk.act('hideRevisions', { id, revisions: [1], hidden: true, reason: 'a private matter' }, 'ADMIN');
  expect(await told()).toEqual(['PUBLISHED 1', 'EDITED 2', 'HIDDEN 1']);
  await desk.act('withdraw', { id, note: 'It was forged.' });
  await desk.act('hideRevisions', { id, revisions: [1], hidden: false, reason: 'it is known now' }, 'ADMIN');
  expect(await told()).toEqual(['WITHDRAWN null', 'HIDDEN null']);
  await desk.act('publish', { id, revision: 2 });
  expect((await told()).slice(-3)).toEqual(['WITHDRAWN null', 'HIDDEN 1', 'PUBLISHED 2']);
});

it('Every kind of change makes an event; what is none is refused', () => {
  const [id, other] = ['9f1c2a44-52c5-4d0e-8f4a-3d5b6c7d8e9f', '1f1c2a44-52c5-4d0e-8f4a-3d5b6c7d8e9f'];
  const record: ChangeRecord = {
    position: 1n,
    at: new Date(0),
    view: 'LATEST',
    kind: 'CREATED',
    entry: id,
    entryKind: 'STORY',
    revision: 1,
    previous: null,
    into: null,
    cause: null,
    author: null,
  };
  const cursor = room.newsroom.moments.seal(1n);
  for (const kind of Object.values(ChangeKind)) expect(validate(toEvent({ ...record, kind }, cursor))).toBe(true);
  expect(validate(toEvent({ ...record, into: other }, cursor, 'a note'))).toBe(true);
  const event = toEvent(record, cursor);
  for (const wrong of [
    { ...event, type: 'entry' },
    { ...event, timestamp: 'yesterday' },
    { ...event, data: { ...event.data, cursor: 'cut' } },
    { ...event, data: { ...event.data, revision: 0 } },
    { ...event, data: { ...event.data, kind: 'LOST' } },
    { ...event, data: { ...event.data, entryId: 'nonsense' } },
    { ...event, data: undefined },
  ])
    expect([wrong, validate(wrong)]).toEqual([wrong, false]);
});
