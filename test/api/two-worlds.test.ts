import type { Asker } from '../support/newsroom';
import { openWorld, STORY_BODY, type World } from '../support/worlds';

/** The public newsroom alone, and the same with drafts, unpublished edits and references to them. */
let bare: World;
let full: World;
beforeAll(async () => {
  [bare, full] = await Promise.all([openWorld(false), openWorld(true)]);
});
afterAll(async () => {
  await Promise.all([bare.room.close(), full.room.close()]);
});

const PAGE =
  'totalCount edges { cursor node { __typename id title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const HISTORY = `totalCount edges { cursor node { id number action createdAt minor review reviewedAt summary reviewNote
  author { name } reviewedBy { name } parent { number } base { number } changes { path op before after text { op text } }
  snapshot { id title slug updatedAt } entry { id title } } } pageInfo { hasNextPage endCursor }`;
const ENTRY = `__typename id kind title slug language state latestRevision publishedRevision createdAt updatedAt publicSince
  viewerCan checks { rule message path entry { id } } revision { number parent { number } }
  citations { ${PAGE} } backlinks { ${PAGE} }
  comments(first: 1) { totalCount edges { cursor node { id body } } pageInfo { hasNextPage endCursor } } viewerIsWatching`;
const DATE = '{ edtf wording earliest latest status uncertain approximate anchor { id title } }';
const NAMED = '{ id title slug }';

const FIELDS: Record<string, string> = {
  story: `headline summary body bodyHtml topics timeline { id note noteHtml event ${NAMED} claim ${NAMED} }
    cast { id role actor ${NAMED} } related { id relation story ${NAMED} } claims { ${PAGE} }`,
  actor: `actorType name names { id text kind language preferred usedIn ${NAMED} } description body bodyHtml
    roles { id title note organization ${NAMED} period ${DATE} } relations { id type note actor ${NAMED} period ${DATE} }
    identifiers { scheme value } anonymity { description reason basis }
    stories { ${PAGE} } events { ${PAGE} } claimsAbout { ${PAGE} } statements { ${PAGE} }`,
  event: `eventType occurrence bodyHtml when ${DATE} place { name } participants { id role actor ${NAMED} } partOf ${NAMED}
    parts { ${PAGE} } stories { ${PAGE} } claims { ${PAGE} }`,
  claim: `text property mood subject ${NAMED} value { text number unit date ${DATE} entry ${NAMED} } when ${DATE}
    relations { id kind claim ${NAMED} } verdict { rating reason }`,
  document: `documentType url archiveUrl status statusNote retrievedAt keptText publisher ${NAMED} authors ${NAMED}
    publishedAt ${DATE} translationOf ${NAMED} citedIn { ${PAGE} }`,
  citation: `stance path quote quoteKind locator about ${NAMED} document ${NAMED} saidAt ${DATE}
    chain { id role description actor ${NAMED} document ${NAMED} }`,
};

const KEYS: Record<string, string[]> = {
  story: ['main', 'other', 'draft-story', 'draft-telling', 'gone-story', 'story-by-changeset', 'nothing'],
  actor: ['hugo', 'outlet', 'official', 'early', 'late', 'gone-actor', 'by-changeset', 'nothing'],
  event: ['arrest', 'hearing', 'draft-event', 'draft-part', 'gone-event', 'nothing'],
  claim: ['sanctioned', 'protected', 'draft-claim', 'draft-about', 'gone-claim', 'nothing'],
  document: ['article', 'draft-document', 'draft-translation', 'gone-document', 'nothing'],
  citation: ['cited', 'denied', 'draft-citation', 'draft-citation-of-story', 'draft-citation-of-draft', 'nothing'],
};

const SLUGS: Record<string, string[]> = {
  story: [
    'main',
    'other',
    'main-next',
    'draft-story',
    'the-general-again',
    'gone-story',
    'the-general-by-changeset',
    'nothing',
  ],
  actor: [
    'hugo',
    'hugo-first',
    'hugo-next',
    'early',
    'late',
    'outlet',
    'gone-actor',
    'by-changeset',
    'undone',
    'nothing',
  ],
  event: ['arrest', 'hearing', 'hearing-next', 'draft-event', 'a-part-of-it', 'nothing'],
};

const LISTS: Record<string, string> = {
  story: 'stories',
  actor: 'actors',
  event: 'events',
  claim: 'claims',
  document: 'documents',
  citation: 'citations',
};

const ORDERS = ['UPDATED_DESC', 'UPDATED_ASC', 'CREATED_DESC', 'CREATED_ASC', 'TITLE_ASC', 'TITLE_DESC'];

/** Filters as GraphQL, with `<key>` for the id of an entry. */
const FILTERS: Record<string, string[]> = {
  story: [
    '{ actor: "<hugo>" }',
    '{ actor: "<early>" }',
    '{ actor: "<late>" }',
    '{ actor: "<gone-actor>" }',
    '{ actor: "<by-changeset>" }',
    '{ event: "<gone-event>" }',
    '{ claim: "<gone-claim>" }',
    '{ state: DELETED }',
    '{ actor: "<official>" }',
    '{ actor: "<outlet>" }',
    '{ event: "<draft-event>" }',
    '{ event: "<arrest>" }',
    '{ claim: "<sanctioned>" }',
    '{ claim: "<draft-claim>" }',
    '{ not: { actor: "<early>" } }',
    '{ topic: { eq: "secret" } }',
    '{ topic: { contains: "r" } }',
    '{ headline: { startsWith: "the general" } }',
    '{ headline: { eq: "Zulu" } }',
    '{ state: DRAFT }',
    '{ not: { state: PUBLISHED } }',
    '{ or: [{ state: DELETED }, { headline: { contains: "secret" } }] }',
  ],
  actor: [
    '{ name: { contains: "karvajal" } }',
    '{ name: { contains: "carvajal" } }',
    '{ actorType: ANONYMOUS }',
    '{ story: "<main>" }',
    '{ story: "<other>" }',
    '{ story: "<draft-telling>" }',
    '{ identifier: { scheme: "viaf", value: "1" } }',
    '{ identifier: { scheme: "viaf", value: "2" } }',
    '{ state: PUBLISHED }',
  ],
  event: [
    '{ participant: "<hugo>" }',
    '{ participant: "<early>" }',
    '{ story: "<main>" }',
    '{ story: "<draft-telling>" }',
    '{ eventType: ARREST }',
    '{ when: { within: { from: "2014-01-01T00:00:00Z", before: "2015-01-01T00:00:00Z" } } }',
    '{ when: { overlaps: { from: "2001-01-01T00:00:00Z", before: "2002-01-01T00:00:00Z" } } }',
  ],
  claim: [
    '{ subject: "<hugo>" }',
    '{ subject: "<early>" }',
    '{ subject: "<gone-actor>" }',
    '{ property: { eq: "gone" } }',
    '{ subject: "<arrest>" }',
    '{ property: { eq: "sanctioned-by-us" } }',
    '{ property: { eq: "secret" } }',
    '{ attributedTo: "<hugo>" }',
    '{ attributedTo: "<outlet>" }',
    '{ attributedTo: "<early>" }',
    '{ check: UNSOURCED }',
    '{ check: UNPUBLISHED_REFERENCE }',
    '{ not: { check: UNPUBLISHED_REFERENCE } }',
    '{ story: "<main>" }',
    '{ story: "<draft-telling>" }',
  ],
  document: [
    '{ publisher: "<outlet>" }',
    '{ publisher: "<early>" }',
    '{ url: { contains: "secret" } }',
    '{ status: RETRACTED }',
    '{ status: CORRECTED }',
  ],
  citation: [
    '{ about: "<sanctioned>" }',
    '{ about: "<draft-claim>" }',
    '{ about: "<protected>" }',
    '{ document: "<article>" }',
    '{ document: "<draft-document>" }',
    '{ stance: ASSERTS }',
    '{ stance: DENIES }',
    '{ actor: "<hugo>" }',
    '{ actor: "<early>" }',
    '{ actor: "<official>" }',
  ],
};

/** Acts that no reader has the right to, with their least input. */
const ACTS: Record<string, string> = {
  revertEntry: 'id: KEY, baseRevision: 1, toRevision: 1',
  undoRevision: 'id: KEY, revision: 2',
  deleteEntry: 'id: KEY, baseRevision: 1',
  restoreEntry: 'id: KEY',
  hideRevisions: 'id: KEY, revisions: [1], reason: "x"',
  undoChangeset: 'changeset: KEY',
  applyChangeset: 'edits: [{ editStory: { id: KEY, baseRevision: 1, fields: { headline: "x" } } }]',
};

const NESTED: [string, string, string][] = [
  ['actor', 'hugo', 'backlinks'],
  ['actor', 'hugo', 'stories'],
  ['actor', 'outlet', 'backlinks'],
  ['actor', 'official', 'backlinks'],
  ['actor', 'hugo', 'statements'],
  ['event', 'arrest', 'backlinks'],
  ['claim', 'sanctioned', 'citations'],
  ['claim', 'sanctioned', 'backlinks'],
  ['document', 'article', 'backlinks'],
  ['document', 'article', 'citedIn'],
  ['story', 'main', 'backlinks'],
  ['story', 'main', 'claims'],
  ['story', 'main', 'history'],
];

type Operation = (asker: Asker, world: World) => Promise<unknown>;

/** A query with `<key>` for ids. */
const query =
  (text: string): Operation =>
  (asker, world) =>
    asker.ask(
      text.replace(
        /"(comment:)?<([a-z-]+)(:\d+)?>"/g,
        (_, type = '', key: string, number = '') => `"${type}${world.id(key)}${number}"`,
      ),
    );

/** A list from end to end, one at a time, forward or backward. */
const paging =
  (text: string, find: (data: never) => unknown, forward = true): Operation =>
  async (asker, world) => {
    const told: unknown[] = [];
    for (let [cursor, page]: [string | null, number] = [null, 0]; page < 30; page++) {
      const argument = cursor === null ? '' : `, ${forward ? 'after' : 'before'}: "${cursor}"`;
      const filled = text
        .replace('PAGE', `${forward ? 'first' : 'last'}: 1${argument}`)
        .replace(/"<([a-z-]+)>"/g, (_, key: string) => `"${world.id(key)}"`);
      const answer = await asker.ask(filled);
      told.push(answer);
      const { pageInfo } = find(answer.data as never) as {
        pageInfo: { startCursor: string | null; endCursor: string | null };
      };
      cursor = forward ? pageInfo.endCursor : pageInfo.startCursor;
      if (cursor === null) break;
    }
    return told;
  };

function corpus(): [string, Operation][] {
  const operations: [string, Operation][] = [];
  const ask = (text: string): unknown => operations.push([text.replace(/\s+/g, ' ').slice(0, 110), query(text)]);
  for (const [kind, keys] of Object.entries(KEYS))
    for (const key of keys) {
      ask(`{ ${kind}(id: "<${key}>") { ${ENTRY} ${FIELDS[kind]} } }`);
      ask(`{ ${kind}(id: "<${key}>") { history { ${HISTORY} } } node(id: "<${key}>") { __typename id } }`);
      ask(`{ revision: node(id: "<${key}:1>") { id } next: node(id: "<${key}:2>") { id ... on Revision { number } }
        third: node(id: "<${key}:3>") { id } fourth: node(id: "<${key}:4>") { id } }`);
    }
  for (const [kind, slugs] of Object.entries(SLUGS))
    for (const slug of slugs) ask(`{ ${kind}(slug: "${slug}") { id title slug backlinks { ${PAGE} } } }`);
  ask(
    `{ nodes(ids: [${Object.values(KEYS)
      .flat()
      .map((key) => `"<${key}>"`)
      .join(', ')}]) { __typename id } }`,
  );
  for (const [kind, list] of Object.entries(LISTS)) {
    for (const order of kind === 'event' ? [...ORDERS, 'WHEN_ASC', 'WHEN_DESC'] : ORDERS) {
      ask(`{ ${list}(orderBy: ${order}) { ${PAGE} } }`);
      operations.push([
        `${list} by ${order}, one at a time`,
        paging(`{ ${list}(orderBy: ${order}, PAGE) { ${PAGE} } }`, (data) => data[list]),
      ]);
    }
    operations.push([`${list} backward`, paging(`{ ${list}(PAGE) { ${PAGE} } }`, (data) => data[list], false)]);
    for (const filter of FILTERS[kind] ?? []) ask(`{ ${list}(filter: ${filter}) { ${PAGE} } }`);
    ask(`{ ${list}(view: LATEST) { ${PAGE} } }`);
  }
  for (const [kind, key, field] of NESTED) {
    const page = field === 'history' ? PAGE.replace('__typename id title', 'number') : PAGE;
    const text = `{ ${kind}(id: "<${key}>") { ${field}(PAGE) { ${page} } } }`;
    for (const forward of [true, false])
      operations.push([`${kind} ${key} ${field} ${forward}`, paging(text, (data) => data[kind][field], forward)]);
  }
  for (const kinds of ['STORY', 'ACTOR', 'CLAIM', 'CITATION', 'DOCUMENT, EVENT'])
    ask(`{ actor(id: "<hugo>") { backlinks(kinds: [${kinds}]) { ${PAGE} } } }`);
  for (const [kind, key] of [
    ['story', 'main'],
    ['actor', 'hugo'],
    ['document', 'article'],
    ['claim', 'sanctioned'],
    ['event', 'hearing'],
  ])
    for (const [from, to] of [
      [1, 2],
      [2, 1],
      [1, 3],
      [2, 4],
      [1, 99],
    ])
      ask(`{ ${kind}(id: "<${key}>") { diff(from: ${from}, to: ${to}) { path op before after text { op text } }
        revisionByNumber(number: ${to}) { id number snapshot { title ... on Story { bodyHtml cast { role } timeline { note } } } } } }`);
  for (const text of [
    STORY_BODY,
    '[[actor:late]] [[claim:<draft-claim>|x]] [[claim:<nothing>|x]]',
    '[[event:hearing-next]]',
  ])
    operations.push([
      `renderMarkdown ${text.slice(0, 40)}`,
      (asker, world) =>
        asker.ask('query ($text: Markdown!) { renderMarkdown(markdown: $text) }', {
          text: text.replace(/<([a-z-]+)>/g, (_, key: string) => world.id(key)),
        }),
    ]);
  ask(`{ story(id: "<draft-story>", view: LATEST) { id } }`);
  ask(`{ renderMarkdown(markdown: "[[actor:early]]", view: LATEST) }`);
  ask(`{ story(id: "<main>", slug: "draft-story") { id } }`);
  ask(`{ stories(first: 101) { totalCount } }`);
  ask(`{ stories(after: "nonsense") { totalCount } }`);
  for (const id of ['comment:<comment>', 'comment:<nothing>', '<comment>']) {
    ask(`{ node(id: "${id}") { __typename id ... on Comment { body } } }`);
    ask(
      `mutation { resolveComment(input: { id: "${id}" }) { comment { id } } deleteComment(input: { id: "${id}" }) { comment { id } } }`,
    );
  }
  for (const key of ['main', 'draft-story', 'nothing']) {
    ask(
      `mutation { watch(input: { entry: "<${key}>", watching: true }) { outcome entry { id title state latestRevision } problems { code } } }`,
    );
    ask(`mutation { announcePresence(input: { entry: "<${key}>" }) { present { since } } }`);
    ask(
      `mutation { comment(input: { entry: "<${key}>", body: "x", parent: "comment:<comment>" }) { comment { id } problems { code } } }`,
    );
    ask(`mutation { editStory(input: { id: "<${key}>", baseRevision: 1, fields: { headline: "x" } }) { outcome } }`);
    ask(`mutation { publish(input: { id: "<${key}>", revision: 1 }) { outcome } }`);
  }
  ask(`{ viewer { watching { ${PAGE} } } }`);
  for (const key of ['main', 'gone-story', 'story-by-changeset', 'nothing'])
    for (const [name, more] of Object.entries(ACTS))
      ask(`mutation { ${name}(input: { ${more.replace('KEY', `"<${key}>"`)} }) { outcome problems { message } } }`);
  return operations;
}

describe.each([
  ['an anonymous reader', (world: World) => world.room.asAnonymous()],
  ['a READER', (world: World) => world.room.as('READER')],
])('What %s is told', (_who, askerOf) => {
  it('is the same to the byte with drafts and without', async () => {
    const operations = corpus();
    expect(operations.length).toBeGreaterThan(100);
    const differences: string[] = [];
    for (const [name, operation] of operations) {
      const [without, withDrafts] = await Promise.all([operation(askerOf(bare), bare), operation(askerOf(full), full)]);
      const [one, other] = [bare.mask(without), full.mask(withDrafts)];
      if (one.includes('Cannot query field') || one.includes('INTERNAL')) throw new Error(`${name}: ${one}`);
      if (one !== other) differences.push(tellApart(name, one, other));
    }
    expect(differences.slice(0, 5)).toEqual([]); // after the first, masks are numbered otherwise
  });
});

/** Where two answers part. */
function tellApart(name: string, one: string, other: string): string {
  let index = 0;
  while (one[index] === other[index]) index += 1;
  const around = (text: string): string => text.slice(Math.max(0, index - 120), index + 120);
  return `${name}\n  without: …${around(one)}\n  with:    …${around(other)}`;
}

it('The world with drafts has what the other has not', async () => {
  const count = async (world: World): Promise<number> =>
    (await world.room.sql(`select count(*)::int as count from revision where public_position is null`))[0].count;
  expect(await count(bare)).toBe(0);
  expect(await count(full)).toBeGreaterThan(18);
});
