import type { Answer, Asker } from '../support/newsroom';
import { findBreaches } from '../support/invariants';
import { openReviewWorld } from '../support/review-worlds';
import type { World } from '../support/worlds';

/** The public newsroom alone, and the same with what editors review, put off, refuse and protect behind it. */
let bare: World;
let full: World;
beforeAll(async () => {
  [bare, full] = await Promise.all([openReviewWorld(false), openReviewWorld(true)]);
});
afterAll(async () => {
  for (const { room } of [bare, full]) {
    expect(await findBreaches(room.sql)).toEqual([]);
    await room.close();
  }
});

const PAGE =
  'totalCount edges { cursor node { __typename id title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const CORRECTION = 'id kind note at entry { id title state } revision { number }';
const REVISION = `id number action createdAt minor review reviewedAt summary reviewNote author { name } reviewedBy { name }
  changeset { id } target { number } parent { number } base { number } hiddenReason changes { path op before after text { op text } }
  snapshot { id title slug updatedAt state embargoUntil } entry { id title }`;
const ENTRY = `__typename id kind title slug language state latestRevision publishedRevision embargoUntil createdAt updatedAt publicSince
  protection { minimumRole until reason } viewerCan checks { rule } corrections { ${CORRECTION} } citations { ${PAGE} } backlinks { ${PAGE} }`;
const NAMED = '{ id title state }';
const FIELDS: Record<string, string> = {
  story: `headline summary body bodyHtml topics timeline { id note noteHtml event ${NAMED} claim ${NAMED} } cast { id role actor ${NAMED} }
    related { id story ${NAMED} } claims { ${PAGE} }`,
  actor: `name description stories { ${PAGE} } events { ${PAGE} } claimsAbout { ${PAGE} } statements { ${PAGE} }`,
  event: `when { earliest latest } participants { actor ${NAMED} } stories { ${PAGE} } claims { ${PAGE} }`,
  claim: `text property verdict { rating reason } subject ${NAMED}`,
  document: `status publisher ${NAMED} translationOf ${NAMED} citedIn { ${PAGE} }`,
  citation: `stance about ${NAMED} document ${NAMED} chain { description actor ${NAMED} }`,
};
const KEYS: Record<string, string[]> = {
  story: [
    'main',
    'corrected',
    'withdrawn',
    'lifted',
    'e-story',
    'e-telling',
    'taken-back',
    'refused',
    'submitted',
    'nothing',
  ],
  actor: ['man', 'e-actor', 'nothing'],
  event: ['meeting', 'e-event', 'nothing'],
  claim: ['claim', 'e-claim', 'nothing'],
  document: ['paper', 'e-document', 'nothing'],
  citation: ['citation', 'e-citation', 'nothing'],
};
const PATHS: Record<string, string[]> = {
  story: ['/headline', '/body', '/topics', '/cast', '/timeline', '/related'],
  actor: ['/names', '/description'],
  event: ['/title', '/participants'],
  claim: ['/text', '/subject'],
  document: ['/title', '/translationOf'],
  citation: ['/chain', '/about'],
};
const SLUGS: Record<string, string[]> = {
  story: [...(KEYS.story ?? []), 'main-next', 'withdrawn-next'],
  actor: ['man', 'e-actor', 'nothing'],
  event: ['meeting', 'meeting-next', 'e-event', 'nothing'],
};
const LISTS: Record<string, string> = {
  story: 'stories',
  actor: 'actors',
  event: 'events',
  claim: 'claims',
  document: 'documents',
  citation: 'citations',
};
const STATES = ['DRAFT', 'EMBARGOED', 'PUBLISHED', 'WITHDRAWN', 'DELETED'];

type Operation = (asker: Asker, world: World) => Promise<unknown>;

const fill = (text: string, world: World): string => text.replace(/<([a-z-]+)>/g, (_, key: string) => world.id(key));

/** A list from end to end, one at a time. */
const paging =
  (text: string, find: (data: never) => { pageInfo: { endCursor: string | null } } | null): Operation =>
  async (asker, world) => {
    const told: unknown[] = [];
    for (let [after, page]: [string | null, number] = [null, 0]; page < 20; page++) {
      const answer = await asker.ask(
        fill(text, world).replace('PAGE', `first: 1${after ? `, after: "${after}"` : ''}`),
      );
      told.push(answer);
      after = find(answer.data as never)?.pageInfo.endCursor ?? null;
      if (after === null) break;
    }
    return told;
  };

function entryOperations(ask: (text: string) => void): void {
  for (const [kind, keys] of Object.entries(KEYS))
    for (const key of keys) {
      const one = (fields: string) => ask(`{ ${kind}(id: "<${key}>") { ${fields} } }`);
      one(`${ENTRY} ${FIELDS[kind]}`);
      one(
        `history { totalCount edges { cursor node { ${REVISION} } } pageInfo { hasNextPage endCursor } } revision { ${REVISION} }`,
      );
      for (const [from, to] of [
        [1, 2],
        [2, 3],
        [1, 4],
        [4, 5],
      ])
        one(`diff(from: ${from}, to: ${to}) { path op before after }`);
      for (const path of PATHS[kind] ?? []) one(`blame(path: "${path}") { text revision { number author { name } } }`);
      one([1, 2, 3, 4, 5].map((number) => `r${number}: revisionByNumber(number: ${number}) { ${REVISION} }`).join(' '));
      ask(`{ ${[1, 2, 3, 4, 5].map((number) => `r${number}: node(id: "<${key}>:${number}") { id }`).join(' ')} }`);
      ask(`{ withdrawal(id: "<${key}>") { id kind note at } node(id: "<${key}>") { __typename id } }`);
      ask(`{ ${kind}(id: "<${key}>", view: LATEST) { id } }`);
      for (const [name, more] of [
        ['publish', 'revision: 1'],
        ['withdraw', 'note: "x"'],
        ['rejectRevisions', 'baseRevision: 1, note: "x"'],
        ['protect', 'minimumRole: EDITOR'],
      ])
        ask(`mutation { ${name}(input: { id: "<${key}>", ${more} }) { outcome problems { message } } }`);
    }
}

const CHANGE = `cursor at kind entryId entryKind entry { id title } revision { ${REVISION} } previous { number } fields { path op before after }
  author { name } stories { id title } correction { ${CORRECTION} } withdrawal { id note } into { id } cause { id }`;

/** A feed from its beginning, in pages of one size. */
const following =
  (filter: string, first: number): Operation =>
  async (asker, world) => {
    const told: unknown[] = [];
    for (let [after, page]: [string | null, number] = [null, 0]; page < 100; page++) {
      const place: string = after === null ? '' : `, after: "${after}"`;
      const answer: Answer = await asker.ask(
        fill(
          `{ changes(first: ${first}${place}, filter: {${filter}}) { hasMore endCursor changes { ${CHANGE} } } }`,
          world,
        ),
      );
      told.push(answer);
      if (!answer.data?.changes?.hasMore) return told;
      after = answer.data.changes.endCursor;
    }
    throw new Error('a feed has no end');
  };

function feeds(add: (name: string, operation: Operation) => unknown): void {
  const follow = (filter: string, first = 100): unknown => add(`feed ${first} ${filter}`, following(filter, first));
  for (const first of [1, 2, 3, 7, 100]) follow('', first);
  for (const kind of [
    'CREATED',
    'EDITED',
    'EMBARGOED',
    'PUBLISHED',
    'REJECTED',
    'CORRECTED',
    'WITHDRAWN',
    'DELETED',
    'PROTECTED',
    'UNSETTLED',
  ])
    follow(`kinds: [${kind}]`, 1);
  for (const kind of Object.keys(KEYS)) follow(`entryKinds: [${kind.toUpperCase()}]`, 2);
  for (const key of Object.values(KEYS).flat()) {
    follow(`entries: ["<${key}>"]`, 1);
    follow(`story: "<${key}>"`, 1);
    follow(`story: "<${key}>", kinds: [PUBLISHED]`);
  }
  follow('entries: ["<main>", "<e-story>", "<e-claim>", "<nothing>"]', 1);
  follow('view: LATEST');
  add('a feed of what one watches', following('watched: true', 1));
}

function corpus(): [string, Operation][] {
  const operations: [string, Operation][] = [];
  const add = (name: string, operation: Operation): unknown =>
    operations.push([name.replace(/\s+/g, ' ').slice(0, 120), operation]);
  const ask = (text: string): unknown => add(text, (asker, world) => asker.ask(fill(text, world)));
  entryOperations(ask);
  for (const [kind, slugs] of Object.entries(SLUGS))
    for (const slug of slugs) {
      ask(`{ ${kind}(slug: "${slug}") { id title slug backlinks { ${PAGE} } } }`);
      ask(`{ withdrawal(kind: ${kind.toUpperCase()}, slug: "${slug}") { id kind note at } }`);
    }
  for (const [kind, list] of Object.entries(LISTS)) {
    for (const order of ['UPDATED_DESC', 'CREATED_ASC', 'TITLE_ASC']) {
      ask(`{ ${list}(orderBy: ${order}) { ${PAGE} } }`);
      add(
        `${list} by ${order}`,
        paging(`{ ${list}(orderBy: ${order}, PAGE) { ${PAGE} } }`, (data) => data[list]),
      );
    }
    for (const state of STATES) ask(`{ ${list}(filter: { state: ${state} }) { ${PAGE} } }`);
    ask(`{ ${list}(view: LATEST) { ${PAGE} } }`);
    const page = `history(PAGE) { totalCount nodes { number } pageInfo { endCursor } }`;
    for (const key of KEYS[kind] ?? [])
      add(
        `${key} page by page`,
        paging(`{ ${kind}(id: "<${key}>") { ${page} } }`, (data) => (data as never)[kind]?.['history'] ?? null),
      );
  }
  ask(`{ corrections { totalCount edges { cursor node { ${CORRECTION} } } pageInfo { hasNextPage } } }`);
  add(
    'corrections',
    paging(
      `{ corrections(PAGE) { totalCount nodes { note } pageInfo { endCursor } } }`,
      ({ corrections }) => corrections,
    ),
  );
  for (const key of [...(KEYS.story ?? []), 'claim', 'e-claim'])
    ask(`{ corrections(story: "<${key}>") { totalCount nodes { ${CORRECTION} } } }`);
  for (const id of ['correction:<correction>', 'correction:<nothing>', 'changeset:<changeset>', 'changeset:<nothing>'])
    ask(`{ node(id: "${id}") { __typename id } }`);
  feeds(add);
  ask('{ reviewQueue { totalCount } }');
  ask(
    '{ renderMarkdown(markdown: "[[story:e-story]] [[actor:e-actor]] [[event:meeting-next]] [[story:withdrawn]] [[claim:<e-claim>]]") }',
  );
  return operations;
}

/** Everything that is told otherwise in the two worlds; how much was asked. */
async function compare(askerOf: (world: World) => Asker): Promise<{ differences: string[]; asked: number }> {
  const operations = corpus();
  const differences: string[] = [];
  for (const [name, operation] of operations) {
    const [without, withWork] = await Promise.all([operation(askerOf(bare), bare), operation(askerOf(full), full)]);
    const [one, other] = [bare.mask(without), full.mask(withWork)];
    if (/Cannot query field|INTERNAL|Syntax Error|is not defined|Unknown argument/.test(one))
      throw new Error(`${name}: ${one}`);
    if (one !== other) differences.push(`${name}\n  without: ${one.slice(0, 900)}\n  with:    ${other.slice(0, 900)}`);
    if (other.includes('secret')) differences.push(`${name} tells a secret`);
  }
  return { differences, asked: operations.length };
}

it.each([
  ['An anonymous reader', (world: World) => world.room.asAnonymous()],
  ['A READER', (world: World) => world.room.as('READER')],
])(
  '%s is told the same to the byte with embargoes, refusals, held work and protections, and without',
  async (_, askerOf) => {
    const { differences, asked } = await compare(askerOf);
    expect(asked).toBeGreaterThanOrEqual(300);
    expect(differences.slice(0, 3)).toEqual([]); // after the first, masks are numbered otherwise
  },
);

it('A CONTRIBUTOR is told otherwise: what is compared can differ', async () => {
  expect((await compare((world) => world.room.as('CONTRIBUTOR'))).differences.length).toBeGreaterThan(10);
});

it('The world with work has what the other has not', async () => {
  const count = async ({ room }: World): Promise<Record<string, number>> =>
    (
      await room.sql(`select (select count(*)::int from entry where state = 'EMBARGOED') as embargoed,
        (select count(*)::int from revision where review = 'PENDING' and number > 1) as pending,
        (select count(*)::int from revision where review = 'REJECTED') as rejected,
        (select count(*)::int from unsettled) as unsettled, (select count(*)::int from protection) as protected`)
    )[0];
  expect(await count(bare)).toEqual({ embargoed: 0, pending: 0, rejected: 0, unsettled: 0, protected: 0 });
  for (const found of Object.values(await count(full))) expect(found).toBeGreaterThan(0);
});
