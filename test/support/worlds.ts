import { randomUUID } from 'node:crypto';
import { openTestNewsroom, type TestNewsroom } from './newsroom';

/** A newsroom whose entries are known by keys, so that it can be compared with another. */
export interface World {
  readonly room: TestNewsroom;
  /** Id of the entry with that key; where this world has none, an id that nothing has. */
  id(key: string): string;
  /** An answer with what differs by nature replaced: ids by their keys, times and cursors by the order of their coming. */
  mask(answer: unknown): string;
}

type Fields = Record<string, unknown>;
type Kind = keyof TestNewsroom['make'];

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const ITEM_IN_PATH = /(?<=\/)[A-Za-z0-9_-]{16}(?=\/|$)/g;
const TIMES = new Set(['createdAt', 'updatedAt', 'publicSince', 'reviewedAt', 'at']);
const CURSORS = new Set(['cursor', 'startCursor', 'endCursor']);

/** Numbers what it meets in the order in which it meets it. */
export function makeMask(keys: ReadonlyMap<string, string>): (answer: unknown) => string {
  const met = new Map<string, string>();
  const numbered = (what: string, value: string): string => {
    const name = met.get(`${what} ${value}`) ?? `<${what} ${met.size}>`;
    met.set(`${what} ${value}`, name);
    return name;
  };
  const maskText = (name: string, value: string): string => {
    if (CURSORS.has(name)) return numbered('cursor', value);
    if (TIMES.has(name)) return numbered('time', value);
    if (name === 'id' && /^[A-Za-z0-9_-]{16}$/.test(value)) return numbered('item', value);
    const withKeys = value.replace(UUID, (id) => (keys.has(id) ? `<${keys.get(id)}>` : numbered('id', id)));
    return name === 'path' ? withKeys.replace(ITEM_IN_PATH, (id) => numbered('item', id)) : withKeys;
  };
  return (answer) =>
    JSON.stringify(answer, (name, value: unknown) => (typeof value === 'string' ? maskText(name, value) : value));
}

/** Lets the clock go on, so that nothing is written in the same millisecond: ties would be broken by random ids. */
export async function tick(): Promise<void> {
  const start = Date.now();
  while (Date.now() < start + 2) await new Promise((resolve) => setImmediate(resolve));
}

/** Writes a world, with or without what only the newsroom sees. */
export class Builder {
  readonly ids = new Map<string, string>();

  constructor(
    readonly room: TestNewsroom,
    readonly hasDrafts: boolean,
  ) {}

  ref(key: string): string {
    const id = this.ids.get(key) ?? randomUUID();
    this.ids.set(key, id);
    return id;
  }

  async open(kind: Kind, key: string, fields: Fields, publish = true): Promise<void> {
    const { id } = await this.room.make[kind](fields, { publish });
    this.ids.set(key, id);
    await tick();
  }

  /** An entry that only the newsroom sees; not there at all in a world without drafts. */
  async draft(kind: Kind, key: string, fields: () => Fields): Promise<void> {
    if (this.hasDrafts) await this.open(kind, key, fields(), false);
    else this.ref(key);
  }

  async edit(kind: Kind, key: string, baseRevision: number, fields: Fields, by: 'EDITOR' | 'CONTRIBUTOR' = 'EDITOR') {
    const name = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
    const { [`edit${name}`]: payload } = await this.room
      .as(by)
      .run(`mutation ($input: Edit${name}Input!) { edit${name}(input: $input) { outcome problems { message } } }`, {
        input: { id: this.ref(key), baseRevision, fields, summary: 'a remark for the newsroom' },
      });
    if (payload.outcome !== 'SAVED') throw new Error(JSON.stringify(payload));
    await tick();
  }

  /** An edit that waits for an editor. */
  async propose(kind: Kind, key: string, baseRevision: number, fields: () => Fields): Promise<void> {
    if (this.hasDrafts) await this.edit(kind, key, baseRevision, fields(), 'CONTRIBUTOR');
  }

  /** What public entries hold besides, in the world that has drafts to refer to. */
  hidden<Value>(...values: Value[]): Value[] {
    return this.hasDrafts ? values : [];
  }
}

export const STORY_BODY = `[[actor:hugo|The general]] and [[actor:hugo]] met [[actor:early]], [[actor:late|somebody else]]
and [[actor:hugo-next|the man]]; see [[story:draft-story]], [[event:nowhere|x]], [[event:hearing-next|the next]] and [[event:arrest]].`;

/** What only the newsroom sees, before anything is public. */
async function openDrafts(world: Builder): Promise<void> {
  await world.draft('actor', 'early', () => ({ slug: 'early', names: [{ text: 'Early draft' }] }));
  await world.draft('document', 'draft-document', () => ({ title: 'Ábaco draft', url: 'https://example.org/secret' }));
  await world.draft('event', 'draft-event', () => ({
    slug: 'draft-event',
    title: 'Secret meeting',
    eventType: 'ARREST',
    when: { edtf: '2014-07' },
  }));
  await world.draft('claim', 'draft-claim', () => ({
    subject: world.ref('early'),
    text: 'A secret',
    property: 'secret',
  }));
  await world.draft('story', 'draft-story', () => ({
    slug: 'draft-story',
    headline: 'A secret story',
    topics: ['secret'],
  }));
}

/** The public newsroom. Where there are drafts, public entries refer to some of them. */
async function openPublic(world: Builder): Promise<void> {
  const { ref } = { ref: (key: string) => world.ref(key) };
  const withDraft = (fields: Fields): Fields => (world.hasDrafts ? fields : {});
  await world.open('actor', 'outlet', { slug: 'outlet', actorType: 'MEDIA_OUTLET', names: [{ text: 'Reason' }] });
  await world.open('document', 'article', {
    title: 'A general breaks ranks',
    url: 'https://example.org/article',
    publisher: ref('outlet'),
    authors: [...world.hidden(ref('early')), ref('outlet')],
    publishedAt: { edtf: '2015-01-28', ...withDraft({ anchor: ref('draft-document') }) },
    keptText: 'He said it on page one.',
    ...withDraft({ translationOf: ref('draft-document') }),
  });
  await world.open('actor', 'hugo', {
    slug: 'hugo-first',
    names: [
      { text: 'Hugo Carvajal', usedIn: [ref('article'), ...world.hidden(ref('draft-document'))] },
      { text: 'El Pollo', kind: 'NICKNAME' },
    ],
    roles: [
      { title: 'Head', organization: ref('outlet') },
      { title: 'Member', ...withDraft({ organization: ref('early') }) },
    ],
    relations: [
      ...world.hidden({ type: 'brother of', actor: ref('early'), period: { edtf: '2012', anchor: ref('article') } }),
      { type: 'reads', actor: ref('outlet') },
    ],
    identifiers: [{ scheme: 'viaf', value: '1' }],
  });
  await world.open('actor', 'official', {
    slug: 'official',
    actorType: 'ANONYMOUS',
    names: [{ text: 'An official' }],
    anonymity: { description: 'an official', reason: 'afraid', basis: 'met twice' },
  });
  await world.open('event', 'arrest', {
    slug: 'arrest',
    title: 'The arrest',
    eventType: 'ARREST',
    when: { edtf: '2014-07' },
    participants: [...world.hidden({ actor: ref('early'), role: 'secret' }), { actor: ref('hugo') }],
    ...withDraft({ partOf: ref('draft-event') }),
  });
  await world.open('event', 'hearing', { slug: 'hearing', title: 'The hearing', partOf: ref('arrest') });
  await world.open('claim', 'sanctioned', {
    text: 'He was sanctioned',
    subject: ref('hugo'),
    property: 'sanctioned-by-us',
    value: { text: 'in 2008' },
    when: { edtf: '2008' },
    relations: world.hidden({ kind: 'CONTRADICTS', claim: ref('draft-claim') }),
  });
  await world.open('claim', 'protected', {
    text: 'He protected him',
    subject: ref('arrest'),
    mood: 'ALLEGATION',
    relations: [
      ...world.hidden({ kind: 'SAME_AS', claim: ref('draft-claim') }),
      { kind: 'RESPONDS_TO', claim: ref('sanctioned') },
    ],
  });
  await world.open('story', 'other', {
    slug: 'other',
    headline: 'Another story',
    topics: ['Drugs'],
    body: 'See [[actor:outlet]].',
  });
  await world.open('story', 'main', {
    slug: 'main',
    headline: 'The general',
    topics: ['Drugs', 'Army'],
    body: `${STORY_BODY} [[claim:${ref('protected')}]] [[claim:00000000-0000-4000-8000-000000000000|nothing]]`,
    timeline: [
      ...world.hidden({ event: ref('draft-event'), note: `[[actor:official]] [[claim:${ref('sanctioned')}]]` }),
      { event: ref('arrest'), note: 'He was taken. [[actor:late]]' },
      ...world.hidden({ claim: ref('draft-claim') }),
      { claim: ref('sanctioned') },
      { note: 'And so on.' },
    ],
    cast: [...world.hidden({ actor: ref('early'), role: 'the source' }), { actor: ref('hugo'), role: 'the general' }],
    related: [
      ...world.hidden({ story: ref('draft-story'), relation: 'FOLLOWS' }),
      { story: ref('other'), relation: 'SEE_ALSO' },
    ],
  });
  await world.open('citation', 'cited', {
    about: ref('sanctioned'),
    document: ref('article'),
    stance: 'ASSERTS',
    quote: 'He said it',
    chain: [
      { role: 'SAID_BY', actor: ref('official') },
      {
        role: 'ORIGIN',
        description: 'somebody',
        ...withDraft({ actor: ref('early'), document: ref('draft-document') }),
      },
    ],
    saidAt: { edtf: '2015-01', ...withDraft({ anchor: ref('draft-document') }) },
  });
  await world.open('citation', 'denied', {
    about: ref('sanctioned'),
    document: ref('article'),
    stance: 'DENIES',
    chain: [{ role: 'SAID_BY', actor: ref('hugo') }],
  });
}

/** What the newsroom alone makes of the public entries: it refers to them. */
async function referInDrafts(world: Builder): Promise<void> {
  const ref = (key: string) => world.ref(key);
  await world.draft('actor', 'late', () => ({
    slug: 'late',
    names: [{ text: 'Hugo Carvajal', usedIn: [ref('article')] }],
    relations: [{ type: 'brother of', actor: ref('hugo') }],
    roles: [{ title: 'Editor', organization: ref('outlet') }],
  }));
  await world.draft('claim', 'draft-about', () => ({
    subject: ref('hugo'),
    text: 'He fled',
    property: 'sanctioned-by-us',
  }));
  await world.draft('citation', 'draft-citation', () => ({
    about: ref('sanctioned'),
    document: ref('article'),
    stance: 'ASSERTS',
    chain: [
      { role: 'SAID_BY', actor: ref('hugo') },
      { role: 'VIA', actor: ref('outlet') },
    ],
  }));
  await world.draft('citation', 'draft-citation-of-draft', () => ({
    about: ref('draft-claim'),
    document: ref('article'),
    stance: 'DENIES',
  }));
  await world.draft('citation', 'draft-citation-of-story', () => ({
    about: ref('main'),
    document: ref('draft-document'),
    stance: 'DOUBTS',
  }));
  await world.draft('story', 'draft-telling', () => ({
    headline: 'The general, again',
    topics: ['Drugs'],
    body: `[[actor:hugo]] [[event:arrest]] [[claim:${ref('sanctioned')}]] [[story:main]]`,
    cast: [{ actor: ref('hugo') }],
    timeline: [{ event: ref('arrest') }, { claim: ref('sanctioned') }],
    related: [{ story: ref('main'), relation: 'FOLLOWS' }],
  }));
  await world.draft('event', 'draft-part', () => ({
    title: 'A part of it',
    partOf: ref('arrest'),
    participants: [{ actor: ref('hugo') }],
  }));
  await world.draft('document', 'draft-translation', () => ({
    title: 'A general breaks ranks',
    translationOf: ref('article'),
    publisher: ref('outlet'),
    authors: [ref('hugo')],
  }));
}

/** Edits that the public sees, with a history to show. */
async function editPublic(world: Builder): Promise<void> {
  await world.edit('actor', 'hugo', 1, { slug: 'hugo', description: 'A general.' });
  await world.edit('story', 'main', 1, { summary: 'What he told', topics: ['Army', 'Courts'] });
  await world.edit('story', 'main', 2, { summary: 'What he told whom' });
  await world.edit('document', 'article', 1, { status: 'CORRECTED', keptText: 'He said it on page two.' });
  await world.edit('claim', 'sanctioned', 1, { value: { number: 3, unit: 'times' } });
  await world.edit('event', 'hearing', 1, { when: { edtf: '2014-08' } });
}

/** Edits of public entries that wait. */
async function proposeEdits(world: Builder): Promise<void> {
  const ref = (key: string) => world.ref(key);
  await world.propose('actor', 'hugo', 2, () => ({
    slug: 'hugo-next',
    names: [{ text: 'Hugo Karvajal' }, { text: 'Carvajal Barrios', kind: 'ALIAS' }],
    actorType: 'ANONYMOUS',
    identifiers: [{ scheme: 'viaf', value: '2' }],
  }));
  await world.propose('story', 'main', 3, () => ({
    slug: 'main-next',
    headline: 'Zulu',
    body: `[[actor:outlet]] [[actor:official]] [[claim:${ref('protected')}]]`,
    cast: [{ actor: ref('official') }],
    timeline: [{ event: ref('hearing'), note: '[[actor:outlet]]' }],
    topics: ['secret'],
  }));
  await world.propose('story', 'other', 1, () => ({
    body: '[[actor:hugo]] [[story:main]]',
    cast: [{ actor: ref('hugo') }],
  }));
  await world.propose('event', 'hearing', 2, () => ({
    slug: 'hearing-next',
    title: 'Aaa',
    when: { edtf: '2001' },
    partOf: null,
    participants: [{ actor: ref('hugo') }],
  }));
  await world.propose('claim', 'protected', 1, () => ({
    subject: ref('hugo'),
    text: 'Aaa',
    property: 'sanctioned-by-us',
  }));
  await world.propose('document', 'article', 2, () => ({
    status: 'RETRACTED',
    url: 'https://example.org/secret',
    title: 'Zzz',
  }));
  await world.propose('citation', 'denied', 1, () => ({
    stance: 'ASSERTS',
    about: ref('protected'),
    chain: [{ role: 'SAID_BY', actor: ref('official') }],
  }));
}

/** The same public newsroom in a database of its own, with or without what only the newsroom sees. */
export async function openWorld(hasDrafts: boolean): Promise<World> {
  const room = await openTestNewsroom();
  const world = new Builder(room, hasDrafts);
  await openDrafts(world);
  await openPublic(world);
  await referInDrafts(world);
  await editPublic(world);
  await proposeEdits(world);
  for (const key of ['nothing']) world.ref(key);
  const keys = new Map([...world.ids].map(([key, id]) => [id, key]));
  return {
    room,
    id: (key) => {
      const id = world.ids.get(key);
      if (id === undefined) throw new Error(`there is no ${key} in any world`);
      return id;
    },
    mask: makeMask(keys),
  };
}
