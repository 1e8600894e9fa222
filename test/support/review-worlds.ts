import { liftEmbargoes } from '../../src/edits/lift-embargoes';
import { type Desk, openDesk } from './desk';
import { openTestNewsroom } from './newsroom';
import { Builder, makeMask, tick } from './world-builder';
import type { World } from './worlds';

type Fields = Record<string, unknown>;

const FAR = '2999-01-01T00:00:00.000Z';

/** What editors decide, besides what they write. */
class Office {
  private readonly desk: Desk;

  constructor(readonly world: Builder) {
    this.desk = openDesk(world.room);
  }

  async act(name: string, key: string, input: Fields, role: 'EDITOR' | 'ADMIN' = 'EDITOR'): Promise<void> {
    const answer = await this.desk.act(name, { id: this.world.ref(key), ...input }, role);
    if (answer.outcome !== 'SAVED') throw new Error(`${name} ${key}: ${JSON.stringify(answer)}`);
    await tick();
  }

  /** The same, where there is work that the public does not see. */
  async behind(name: string, key: string, input: Fields, role: 'EDITOR' | 'ADMIN' = 'EDITOR'): Promise<void> {
    if (this.world.hasDrafts) await this.act(name, key, input, role);
  }

  /** Makes one of two that are the same, where there are two. */
  async join(from: string, into: string): Promise<void> {
    if (!this.world.hasDrafts) return;
    const input = { from: this.world.ref(from), into: this.world.ref(into) };
    const { outcome, problems } = await this.desk.act('mergeEntries', input);
    if (outcome !== 'SAVED') throw new Error(`${from}: ${JSON.stringify(problems)}`);
    await tick();
  }

  async part(key: string): Promise<void> {
    if (!this.world.hasDrafts) return;
    const { unmergeEntry } = await this.world.room
      .as('EDITOR')
      .run(`mutation ($id: ID!) { unmergeEntry(input: { id: $id }) { outcome } }`, { id: this.world.ref(key) });
    if (unmergeEntry.outcome !== 'SAVED') throw new Error(`${key}: ${unmergeEntry.outcome}`);
    await tick();
  }

  async embargo(key: string): Promise<void> {
    await this.behind('publish', key, { revision: 1, embargoUntil: FAR, override: true, note: 'for a test' });
  }

  async correct(key: string, baseRevision: number, fields: Fields, note: string): Promise<void> {
    await this.desk.edit('story', this.world.ref(key), baseRevision, fields, {
      correction: { kind: 'CORRECTION', note },
    });
    await tick();
  }
}

/** What the public does not see before anything is public: secrets with an embargo, refused and withdrawn ones. */
async function openSecrets(world: Builder, office: Office): Promise<void> {
  await world.draft('actor', 'e-actor', () => ({ slug: 'e-actor', names: [{ text: 'Embargoed man' }] }));
  await world.draft('document', 'e-document', () => ({ title: 'Embargoed paper', publisher: world.ref('e-actor') }));
  await world.draft('event', 'e-event', () => ({
    slug: 'e-event',
    title: 'Embargoed meeting',
    when: { edtf: '2014-07' },
  }));
  await world.draft('claim', 'e-claim', () => ({
    text: 'Embargoed claim',
    subject: world.ref('e-actor'),
    property: 'secret',
  }));
  await world.draft('story', 'e-story', () => ({ slug: 'e-story', headline: 'Embargoed story', topics: ['secret'] }));
  await world.draft('story', 'taken-back', () => ({ slug: 'taken-back', headline: 'Withdrawn before it was public' }));
  await world.draft('story', 'refused', () => ({ slug: 'refused', headline: 'Rejected draft' }));
  await world.draft('story', 'submitted', () => ({ slug: 'submitted', headline: 'Submitted draft' }));
  for (const key of ['e-actor', 'e-document', 'e-event', 'e-claim', 'e-story', 'taken-back']) await office.embargo(key);
  await office.behind('withdraw', 'taken-back', { note: 'a secret note' });
  await office.behind('rejectRevisions', 'refused', { baseRevision: 1, note: 'a secret reason' });
}

/**
 * Entries that are public later, of which the newsroom found before that others were the same; those others nobody outside ever
 * saw. One pair is parted again, one survivor is withdrawn in the end.
 */
async function openMerged(world: Builder, office: Office): Promise<void> {
  const pairs: [kind: 'actor' | 'story' | 'event' | 'claim', key: string, fields: Fields][] = [
    ['actor', 's-actor', { slug: 's-actor', names: [{ text: 'One woman' }] }],
    ['story', 's-story', { slug: 's-story', headline: 'One story' }],
    ['event', 's-event', { slug: 's-event', title: 'One event', when: { edtf: '2013' } }],
    ['claim', 's-claim', { text: 'One thing', subject: null }],
    ['actor', 's-parted', { slug: 's-parted', names: [{ text: 'One of two' }] }],
    ['story', 's-withdrawn', { slug: 's-withdrawn', headline: 'One, and none' }],
  ];
  for (const [kind, key, given] of pairs) {
    const fields = kind === 'claim' ? { ...given, subject: world.ref('s-actor') } : given;
    const double = key.replace('s-', 'm-');
    const address = 'slug' in fields ? { slug: double } : {};
    if (world.hasDrafts) await world.open(kind, key, fields, false);
    await world.draft(kind, double, () => ({ ...fields, ...address }));
    if (kind === 'actor')
      await world.draft('claim', `${double}-claim`, () => ({ text: 'A secret', subject: world.ref(double) }));
    await office.join(double, key);
    if (world.hasDrafts) await office.act('publish', key, { revision: 1, override: true, note: 'for a test' });
    else await world.open(kind, key, fields);
  }
  await office.part('m-parted');
  await office.act('withdraw', 's-withdrawn', { note: 'There was no such story.' });
}

/** What the public reads of entries that it knows by what answers for them. */
async function openTold(world: Builder): Promise<void> {
  const of = (key: string): string => world.ref(world.hasDrafts ? key.replace('s-', 'm-') : key);
  const body = `[[actor:m-actor|her]], [[story:m-story]] and [[event:m-event]]; [[actor:s-actor]] [[actor:m-parted]] [[claim:${world.ref('m-parted-claim')}]]`;
  await world.open('story', 'told', {
    slug: 'told',
    headline: 'Told of her',
    body,
    cast: [{ actor: of('s-actor') }],
    timeline: [{ event: of('s-event') }, { claim: of('s-claim') }],
    related: [{ story: of('s-story'), relation: 'FOLLOWS' }],
  });
  await world.open('citation', 'told-citation', {
    about: of('s-claim'),
    document: world.ref('paper'),
    stance: 'DENIES',
    chain: [{ role: 'SAID_BY', actor: of('s-actor') }],
  });
  const cast = [{ actor: of('s-actor'), role: 'witness' }, ...world.hidden({ actor: world.ref('m-parted') })];
  await world.edit('story', 'told', 1, { cast });
  await world.edit('story', 'told', 2, { headline: 'Told of her again', cast: [...cast, { actor: world.ref('man') }] });
}

/** What was withdrawn is merged into a draft; the public knows of it what it knew. */
async function joinWithdrawn(world: Builder, office: Office): Promise<void> {
  await world.open('story', 'm-gone', {
    slug: 'm-gone',
    headline: 'Withdrawn, then merged',
    cast: [{ actor: world.ref('man') }],
  });
  await office.act('withdraw', 'm-gone', { note: 'Told twice.' });
  await world.draft('story', 's-gone', () => ({ slug: 's-gone', headline: 'A secret telling' }));
  await office.join('m-gone', 's-gone');
}

/** The public newsroom: it refers to the secrets, where there are any. */
async function openPublic(world: Builder, office: Office): Promise<void> {
  const ref = (key: string): string => world.ref(key);
  const withSecret = (fields: Fields): Fields => (world.hasDrafts ? fields : {});
  await world.open('actor', 'man', { slug: 'man', names: [{ text: 'A man' }], description: 'One man.' });
  await world.open('document', 'paper', {
    title: 'A paper',
    publisher: ref('man'),
    ...withSecret({ translationOf: ref('e-document') }),
  });
  await world.open('event', 'meeting', {
    slug: 'meeting',
    title: 'A meeting',
    when: { edtf: '2014-07' },
    participants: [...world.hidden({ actor: ref('e-actor'), role: 'secret' }), { actor: ref('man') }],
  });
  await world.open('claim', 'claim', { text: 'He met him', subject: ref('man'), property: 'met' });
  await world.open('citation', 'citation', {
    about: ref('claim'),
    document: ref('paper'),
    stance: 'ASSERTS',
    chain: [{ role: 'ORIGIN', description: 'somebody', ...withSecret({ actor: ref('e-actor') }) }],
  });
  await world.open('story', 'main', {
    slug: 'main',
    headline: 'One headline',
    body: `[[actor:e-actor|him]] at [[event:e-event]], in [[story:e-story]]; see [[claim:${ref('claim')}]] and [[story:taken-back]]. Told by [[actor:man]].`,
    topics: ['army'],
    timeline: [
      ...world.hidden({ claim: ref('e-claim'), note: '[[story:e-story]]' }, { event: ref('e-event') }),
      { claim: ref('claim') },
      { event: ref('meeting') },
    ],
    cast: [...world.hidden({ actor: ref('e-actor') }), { actor: ref('man'), role: 'the man' }],
    related: world.hidden({ story: ref('e-story'), relation: 'FOLLOWS' }),
  });
  await world.open('story', 'corrected', {
    slug: 'corrected',
    headline: 'Wrong',
    timeline: [{ event: ref('meeting') }],
  });
  await office.correct('corrected', 1, { headline: 'Right' }, 'It was wrong.');
  await world.open('story', 'withdrawn', { slug: 'withdrawn', headline: 'Gone', cast: [{ actor: ref('man') }] });
  await office.act('withdraw', 'withdrawn', { note: 'The source was forged.' });
  await world.edit('story', 'main', 1, { summary: 'A summary', topics: ['army', 'navy'] });
}

/** One story whose embargo ends, where the other world just publishes it. */
async function openLifted(world: Builder): Promise<void> {
  const fields = { slug: 'lifted', headline: 'In time', cast: [{ actor: world.ref('man') }] };
  await world.open('story', 'lifted', fields, !world.hasDrafts);
  if (!world.hasDrafts) return;
  const id = world.ref('lifted');
  await openDesk(world.room).act('publish', { id, revision: 1, embargoUntil: FAR });
  await world.room.sql(`update entry set embargo_until = date_trunc('milliseconds', clock_timestamp()) where id = $1`, [
    id,
  ]);
  await tick();
  if ((await liftEmbargoes(world.room.newsroom)) !== 1) throw new Error('The embargo was not lifted.');
  await tick();
}

/** Edits that wait, were rejected, held or put off; protection; what is unsettled; what became of the withdrawn story. */
async function work(world: Builder, office: Office): Promise<void> {
  const ref = (key: string): string => world.ref(key);
  await world.propose('story', 'main', 2, () => ({ headline: 'Secret headline', slug: 'main-next', cast: [] }));
  await office.behind('rejectRevisions', 'main', { baseRevision: 3, note: 'a secret reason' });
  await world.propose('story', 'main', 4, () => ({ summary: 'Secret summary' }));
  await office.behind('protect', 'main', { minimumRole: 'ADMIN', reason: 'a secret reason' }, 'ADMIN');
  await world.propose('event', 'meeting', 1, () => ({
    title: 'Held title',
    slug: 'meeting-next',
    when: { edtf: '2001' },
  }));
  await world.propose('claim', 'claim', 1, () => ({ text: 'Aaa', subject: ref('e-actor'), property: 'secret' }));
  if (!world.hasDrafts) return;
  const desk = openDesk(world.room);
  await desk.edit('story', ref('corrected'), 2, { headline: 'Held headline' }, { hold: true });
  await desk.edit('claim', ref('e-claim'), 1, { verdict: { rating: 'FALSE', reason: 'a secret reason' } });
  await desk.edit('story', ref('submitted'), 1, {}, { submit: true }, 'CONTRIBUTOR');
  await desk.edit('story', ref('withdrawn'), 1, { headline: 'Secretly better', slug: 'withdrawn-next' });
  await office.act('publish', 'withdrawn', { revision: 2, embargoUntil: FAR });
  await office.act('withdraw', 'withdrawn', { note: 'a secret note' });
  await office.act('deleteEntry', 'withdrawn', { baseRevision: 2 });
  await world.draft('citation', 'e-citation', () => ({
    about: ref('claim'),
    document: ref('paper'),
    stance: 'DENIES',
  }));
  await office.embargo('e-citation');
  await world.draft('story', 'e-telling', () => ({
    slug: 'e-telling',
    headline: 'Another telling',
    body: '[[actor:man]] [[story:main]]',
    timeline: [{ event: ref('meeting') }, { claim: ref('claim') }],
    cast: [{ actor: ref('man') }],
  }));
  await office.embargo('e-telling');
}

/** A world that knows cursors of moments in its past. */
export interface ReviewWorld extends World {
  readonly moments: readonly string[];
}

const headOf = async (room: World['room']): Promise<string> => (await room.asAnonymous().run('{ head }')).head;

/** A public newsroom in a database of its own, alone or with all that editors review, put off and refuse behind it. */
export async function openReviewWorld(hasWork: boolean): Promise<ReviewWorld> {
  const room = await openTestNewsroom();
  const world = new Builder(room, hasWork);
  const office = new Office(world);
  await openSecrets(world, office);
  await openMerged(world, office);
  await openPublic(world, office);
  const moments = [await headOf(room)];
  await openTold(world);
  await openLifted(world);
  await joinWithdrawn(world, office);
  moments.push(await headOf(room));
  await work(world, office);
  for (const key of ['nothing', 'e-citation', 'e-telling', 'changeset']) world.ref(key);
  const [correction] = await room.sql('select id from correction');
  world.ids.set('correction', correction.id);
  const [changeset] = await room.sql('select id from changeset');
  if (changeset) world.ids.set('changeset', changeset.id);
  const keys = new Map([...world.ids].map(([key, id]) => [id, key]));
  return {
    room,
    id: (key) => {
      const id = world.ids.get(key);
      if (id === undefined) throw new Error(`there is no ${key} in any world`);
      return id;
    },
    mask: makeMask(keys),
    moments,
  };
}
