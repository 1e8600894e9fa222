import { getNamedType, type GraphQLInputType, isInputObjectType } from 'graphql';
import { getSchema } from '../../src/api/schema';
import { KINDS } from '../../src/rules/kinds';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

type Fields = Record<string, unknown>;

const APPLY = `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) {
  outcome changeset { id } results { outcome entry { id slug latestRevision } } problems { code path severity } } }`;
const apply = async (edits: Fields[], more: Fields = {}): Promise<Answer> =>
  (await room.as('EDITOR').run(APPLY, { input: { edits, ...more } })).applyChangeset;

const WIKI = 'See [[actor:#a|him]], [[event:#e]], [[story:#s]] and [[claim:#c|this]].';
const DATE = { wording: 'then', anchor: '#d' };

/** Every reference and every Markdown field of every kind, to what the same changeset creates. */
const fields: Record<string, Fields> = {
  story: {
    headline: 'A story of everything',
    body: WIKI,
    timeline: [{ event: '#e' }, { claim: '#c', note: WIKI }],
    cast: [{ actor: '#a' }],
    related: [{ story: '#s2', relation: 'FOLLOWS' }],
  },
  actor: {
    actorType: 'PERSON',
    names: [{ text: 'Everything', usedIn: ['#d', '#d2'] }],
    body: WIKI,
    roles: [{ title: 'Head', organization: '#a2', period: DATE }],
    relations: [{ type: 'ally', actor: '#a2', period: DATE }],
  },
  event: { title: 'Everything', body: WIKI, when: DATE, participants: [{ actor: '#a' }], partOf: '#e2' },
  claim: {
    text: 'Everything',
    mood: 'FACT',
    subject: '#e',
    value: { entry: '#s' },
    when: DATE,
    relations: [{ kind: 'SAME_AS', claim: '#c2' }],
  },
  document: {
    title: 'Everything',
    documentType: 'ARTICLE',
    publisher: '#a',
    authors: ['#a', '#a2'],
    publishedAt: { ...DATE, anchor: '#d2' },
    translationOf: '#d2',
  },
  citation: {
    about: '#c',
    document: '#d',
    stance: 'ASSERTS',
    chain: [{ role: 'SAID_BY', actor: '#a', document: '#d2' }],
    saidAt: DATE,
  },
};
const nameOf = (kind: string): string => `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
const first: Record<string, string> = { story: 's', actor: 'a', event: 'e', claim: 'c', document: 'd', citation: 'k' };
const least: Record<string, Fields> = {
  story: { headline: 'Second' },
  actor: { actorType: 'PERSON', names: [{ text: 'Second' }] },
  event: { title: 'Second' },
  claim: { text: 'Second', subject: '#a', mood: 'FACT', value: { date: DATE } },
  document: { title: 'Second', documentType: 'ARTICLE' },
};
/** The second of each kind last, so that most refs name what comes later. */
const CREATES: Fields[] = [
  ...Object.entries(fields).map(([kind, given]) => ({
    [`create${nameOf(kind)}`]: { ref: first[kind], fields: given },
  })),
  ...Object.entries(least).map(([kind, given]) => ({
    [`create${nameOf(kind)}`]: { ref: `${first[kind]}2`, fields: given },
  })),
];

/** Dotted names of the places of an input that take an id of another entry, or Markdown. */
function placesOf(type: GraphQLInputType, name = ''): string[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return ['ID', 'Markdown'].includes(named.name) ? [name] : [];
  return Object.values(named.getFields())
    .filter((field) => field.name !== 'id')
    .flatMap((field) => placesOf(field.type, name ? `${name}.${field.name}` : field.name));
}

const refsIn = (value: unknown, name: string): string[] => {
  if (typeof value === 'string') return value.startsWith('#') || value.includes(':#') ? [name] : [];
  if (Array.isArray(value)) return value.flatMap((part) => refsIn(part, name));
  return Object.entries((value ?? {}) as Fields).flatMap(([part, inner]) =>
    refsIn(inner, name ? `${name}.${part}` : part),
  );
};

describe('What a changeset creates', () => {
  it('can be referred to in every place of every kind that takes an id, and in every Markdown field', async () => {
    for (const kind of Object.keys(KINDS)) {
      const type = getSchema().getType(`${nameOf(kind.toLowerCase())}Fields`);
      if (!isInputObjectType(type)) throw new Error(`no fields of ${kind}`);
      const given = CREATES.flatMap((edit) => {
        const create = edit[`create${nameOf(kind.toLowerCase())}`] as { fields: Fields } | undefined;
        return create ? refsIn(create.fields, '') : [];
      });
      expect([kind, [...new Set(given)].toSorted()]).toEqual([kind, placesOf(type).toSorted()]);
    }
    const answer = await apply(CREATES, { publish: true });
    expect(answer).toMatchObject({ outcome: 'CREATED', problems: [] });
    const ids = answer.results.map(({ entry }: Answer) => entry.id);
    const contents = JSON.stringify(
      await room.sql('select content from revision where entry = any($1::uuid[])', [ids]),
    );
    expect(contents).not.toContain('#');
    const bodies = await room.sql(`select body from text`);
    expect(JSON.stringify(bodies)).not.toContain(':#');
    const links = await room.sql(
      `select count(*)::int as n, count(*) filter (where to_entry = any($1::uuid[]))::int as own,
         count(*) filter (where wanted_slug is not null)::int as wanted
       from link where from_entry = any($1::uuid[]) and view = 'PUBLISHED'`,
      [ids],
    );
    expect(links[0].own).toBe(links[0].n);
    expect(links[0]).toMatchObject({ wanted: 0 });
    expect(links[0].n).toBeGreaterThan(40);
  });

  it('can be referred to by edits of what is there, in every place', async () => {
    const made = await apply(CREATES, { publish: true });
    const edits = Object.keys(fields).map((kind, index) => ({
      [`edit${nameOf(kind)}`]: {
        id: made.results[index].entry.id,
        baseRevision: 1,
        fields: { ...fields[kind], ...(kind === 'story' && { slug: 'another-address' }) },
      },
    }));
    // The refs that stay are other entries now: seconds of the second changeset, and firsts under the same refs.
    const answer = await apply([...CREATES, ...edits]);
    // What is public refers to drafts now, and so waits; nothing else stands against it.
    expect(new Set(answer.problems.map(({ code }: Answer) => code))).toEqual(new Set(['CHECK']));
    const own = new Set(answer.results.slice(0, CREATES.length).map(({ entry }: Answer) => entry.id));
    const edited = made.results.slice(0, edits.length).map(({ entry }: Answer) => entry.id);
    const links = await room.sql(
      `select distinct to_entry from link where from_entry = any($1::uuid[]) and view = 'LATEST' and until is null`,
      [edited],
    );
    expect(links.length).toBeGreaterThan(8);
    for (const link of links) expect(own).toContain(link.to_entry);
  });

  it('is nothing to a reference outside it, and nothing after it', async () => {
    await apply(CREATES);
    const CREATE = `mutation ($input: CreateEventInput!) { createEvent(input: $input) { outcome problems { code path } } }`;
    const { createEvent } = await room
      .as('EDITOR')
      .run(CREATE, { input: { fields: { title: 'Alone', partOf: '#e' } } });
    expect(createEvent).toEqual({ outcome: 'INVALID', problems: [{ code: 'NOT_FOUND', path: '/partOf' }] });
    const answer = await apply([{ createEvent: { fields: { title: 'Alone', partOf: '#e' } } }]);
    expect(answer.problems).toMatchObject([{ code: 'NOT_FOUND', path: '/edits/0/createEvent/fields/partOf' }]);
  });
});

describe('A changeset of which one part cannot be', () => {
  it('writes nothing, wherever that part stands and whatever is wrong with it', async () => {
    const whole = await room.make.event({ slug: 'taken-before' });
    const inner = await room.make.event({ partOf: whole.id });
    const stale = await room.make.story({ headline: 'One' });
    await apply([{ editStory: { id: stale.id, baseRevision: 1, fields: { headline: 'Two' } } }]);
    const faults: [Fields, string][] = [
      [{ createStory: { fields: {} } }, 'REQUIRED'],
      [{ createEvent: { fields: { title: 'x', slug: 'taken-before' } } }, 'SLUG_TAKEN'],
      [{ editEvent: { id: whole.id, baseRevision: 1, fields: { partOf: inner.id } } }, 'CYCLE'],
      [{ createEvent: { fields: { title: 'x', participants: [{ actor: whole.id }] } } }, 'INVALID'],
      [{ editStory: { id: stale.id, baseRevision: 7, fields: { headline: 'x' } } }, 'INVALID'],
      [{ editStory: { id: stale.id, baseRevision: 1, fields: { headline: 'Mine' } } }, 'CONFLICT'],
    ];
    for (const [fault, code] of faults)
      for (let place = 0; place <= CREATES.length; place++) {
        const answer = await writingNothing(room, () => apply(CREATES.toSpliced(place, 0, fault)));
        expect(answer).toMatchObject({ outcome: code === 'CONFLICT' ? 'CONFLICT' : 'INVALID', changeset: null });
        expect(answer.results.map(({ outcome }: Answer) => outcome)).toEqual(
          CREATES.map(() => 'UNCHANGED').toSpliced(place, 0, answer.outcome),
        );
        const codes = new Set(answer.problems.map((problem: Answer) => problem.code));
        expect([...codes]).toEqual(code === 'CONFLICT' ? [] : [code]);
        for (const { path } of answer.problems) expect(path).toMatch(new RegExp(`^/edits/${place}/`));
      }
  });

  it('takes its places in the ledger one after the other, in the order of its edits', async () => {
    const answer = await apply(CREATES);
    const rows = await room.sql(
      `select entry, position::int as position from change where changeset = $1 order by position`,
      [answer.changeset.id.replace('changeset:', '')],
    );
    expect(rows.map(({ entry }) => entry)).toEqual(answer.results.map(({ entry }: Answer) => entry.id));
    expect(rows.map(({ position }) => position - rows[0].position)).toEqual(CREATES.map((_, index) => index));
  });
});

describe('The largest changeset', () => {
  it('of two hundred edits that refer to each other is written, and undone, as one', async () => {
    const creates = Array.from({ length: 100 }, (_, n) => ({
      createEvent: {
        ref: `e${n}`,
        fields: {
          title: `Of two hundred`,
          body: `[[event:#e${(n + 1) % 100}]] [[event:#e${(n + 7) % 100}]]`,
          participants: [{ actor: `#a${n}` }],
          partOf: n === 0 ? null : `#e${n - 1}`,
        },
      },
    }));
    const actors = Array.from({ length: 100 }, (_, n) => ({
      createActor: {
        ref: `a${n}`,
        fields: { actorType: 'PERSON', names: [{ text: 'Of two hundred' }], body: `[[event:#e${n}]]` },
      },
    }));
    const answer = await apply([...creates, ...actors]);
    expect([answer.outcome, answer.problems]).toEqual(['CREATED', []]);
    expect(new Set(answer.results.map(({ entry }: Answer) => entry.id)).size).toBe(200);
    expect(answer.results[99].entry.slug).toBe('of-two-hundred-100');
    const UNDO = `mutation ($input: UndoChangesetInput!) { undoChangeset(input: $input) { outcome problems { message } results { outcome } } }`;
    const { undoChangeset } = await room.as('EDITOR').run(UNDO, { input: { changeset: answer.changeset.id } });
    expect([undoChangeset.outcome, undoChangeset.problems]).toEqual(['SAVED', []]);
    expect(undoChangeset.results).toHaveLength(200);
  });
});
