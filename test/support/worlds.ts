import { randomUUID } from 'node:crypto';
import { openTestNewsroom, type TestNewsroom } from './newsroom';
import { talkIn } from './talk';
import { Builder, makeMask } from './world-builder';

/** A newsroom whose entries are known by keys, so that it can be compared with another. */
export interface World {
  readonly room: TestNewsroom;
  /** Id of the entry with that key; where this world has none, an id that nothing has. */
  id(key: string): string;
  /** An answer with what differs by nature replaced: ids by their keys, times and cursors by the order of their coming. */
  mask(answer: unknown): string;
}

type Fields = Record<string, unknown>;

export const STORY_BODY = `[[actor:hugo|The general]] and [[actor:hugo]] met [[actor:early]], [[actor:late|somebody else]]
and [[actor:hugo-next|the man]]; see [[story:draft-story]], [[actor:gone-actor]], [[story:gone-story|gone]], [[actor:by-changeset]], [[event:nowhere|x]], [[event:hearing-next|the next]] and [[event:arrest]].`;

/** What was public, and is deleted in the end. */
const GONE = ['gone-actor', 'gone-event', 'gone-claim', 'gone-document', 'gone-story'] as const;

async function openGone(world: Builder): Promise<void> {
  await world.gone('actor', 'gone-actor', () => ({ slug: 'gone-actor', names: [{ text: 'Hugo Gone' }] }));
  await world.gone('document', 'gone-document', () => ({ title: 'Gone', publisher: world.ref('gone-actor') }));
  await world.gone('event', 'gone-event', () => ({
    slug: 'gone-event',
    title: 'Gone',
    eventType: 'ARREST',
    participants: [{ actor: world.ref('gone-actor') }],
  }));
  await world.gone('claim', 'gone-claim', () => ({ subject: world.ref('gone-actor'), text: 'Gone', property: 'gone' }));
  await world.gone('story', 'gone-story', () => ({
    slug: 'gone-story',
    headline: 'The general, gone',
    topics: ['Drugs'],
    timeline: [{ event: world.ref('gone-event') }],
  }));
}

/** Work of the newsroom that leaves nothing to see: deleted, undone, put out of sight. */
async function leaveNothing(world: Builder): Promise<void> {
  const ref = (key: string) => world.ref(key);
  for (const key of GONE) await world.act('deleteEntry', () => ({ id: ref(key), baseRevision: 1, summary: 'gone' }));
  const edits = [
    {
      createActor: {
        ref: 'a',
        fields: { actorType: 'PERSON', names: [{ text: 'Hugo Carvajal' }], slug: 'by-changeset' },
      },
    },
    {
      createStory: {
        fields: { headline: 'The general, by changeset', cast: [{ actor: '#a' }], body: '[[actor:#a]] [[story:main]]' },
      },
    },
    { editStory: { id: ref('other'), baseRevision: 2, fields: { cast: [{ actor: '#a' }], summary: 'by changeset' } } },
  ];
  const made = await world.act('applyChangeset', () => ({ edits, summary: 'secret' }), 'CONTRIBUTOR');
  ['by-changeset', 'story-by-changeset'].forEach((key, index) =>
    world.ids.set(key, made?.results[index].entry.id ?? randomUUID()),
  );
  const undone = await world.act('applyChangeset', () => ({
    edits: edits.slice(0, 2).map((edit) => JSON.parse(JSON.stringify(edit).replaceAll('by-changeset', 'undone'))),
  }));
  await world.act('undoChangeset', () => ({ changeset: undone.changeset.id }), 'CONTRIBUTOR');
  await world.act('deleteEntry', () => ({ id: ref('draft-telling'), baseRevision: 1 }), 'CONTRIBUTOR');
  await world.act('deleteEntry', () => ({ id: ref('draft-part'), baseRevision: 1 }));
  await world.act('restoreEntry', () => ({ id: ref('draft-part') }));
  await world.propose('story', 'main', 4, () => ({ headline: 'Yankee', body: '[[actor:early]]' }));
  await world.act('hideRevisions', () => ({ id: ref('main'), revisions: [4], reason: 'never public' }), 'ADMIN');
  await world.act('undoRevision', () => ({ id: ref('main'), revision: 5 }), 'CONTRIBUTOR');
  await world.act('revertEntry', () => ({ id: ref('main'), baseRevision: 6, toRevision: 1 }), 'CONTRIBUTOR');
}

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
      ...world.hidden({ type: 'brother of', actor: ref('gone-actor') }),
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
    relations: world.hidden(
      { kind: 'CONTRADICTS', claim: ref('draft-claim') },
      { kind: 'CONTRADICTS', claim: ref('gone-claim') },
    ),
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
      ...world.hidden({ claim: ref('draft-claim') }, { claim: ref('gone-claim') }, { event: ref('gone-event') }),
      { claim: ref('sanctioned') },
      { note: 'And so on.' },
    ],
    cast: [
      ...world.hidden({ actor: ref('early'), role: 'the source' }, { actor: ref('gone-actor'), role: 'gone' }),
      { actor: ref('hugo'), role: 'the general' },
    ],
    related: [
      ...world.hidden({ story: ref('gone-story'), relation: 'FOLLOWS' }),
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

/** What the newsroom says about public entries, and that it watches them and has them open. */
async function talk(world: Builder): Promise<void> {
  if (!world.hasDrafts) return;
  const entry = world.ref('main');
  const { say } = talkIn(world.room);
  const asked = await say(entry, 'Is [[actor:early]] safe?', { path: '/body' });
  await say(entry, 'She is.', { parent: asked }, 'EDITOR');
  await say(world.ref('hugo'), 'A secret');
  world.ids.set('comment', asked.slice('comment:'.length));
  for (const key of ['main', 'hugo', 'draft-story'])
    await world.room.as('EDITOR').run(
      `mutation ($entry: ID!) {
        watch(input: { entry: $entry, watching: true }) { outcome }
        announcePresence(input: { entry: $entry, path: "/body" }) { present { since } }
      }`,
      { entry: world.ref(key) },
    );
}

/** The same public newsroom in a database of its own, with or without what only the newsroom sees. */
export async function openWorld(hasDrafts: boolean): Promise<World> {
  const room = await openTestNewsroom();
  const world = new Builder(room, hasDrafts);
  await openDrafts(world);
  await openGone(world);
  await openPublic(world);
  await referInDrafts(world);
  await editPublic(world);
  await proposeEdits(world);
  await talk(world);
  await leaveNothing(world);
  for (const key of ['nothing', 'comment']) world.ref(key);
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
