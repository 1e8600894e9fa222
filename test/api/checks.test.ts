import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const CHECKS = `query ($id: ID!, $view: View!) { node(id: $id, view: $view) { ... on Entry {
  checks { rule severity path message entry { id title state } } } } }`;
const checksOf = async (id: string, view = 'LATEST'): Promise<Answer[]> =>
  (await room.as('CONTRIBUTOR').run(CHECKS, { id, view })).node.checks;
const inShort = async (id: string, view?: string): Promise<string[]> =>
  (await checksOf(id, view)).map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
const publish = (id: string): Promise<Answer> =>
  room.as('EDITOR').run(`mutation ($id: ID!) { publish(input: { id: $id, revision: 1 }) { outcome } }`, { id });

describe('The checks of an entry', () => {
  it('name an allegation without a source, until a citation supports it', async () => {
    const claim = await room.make.claim({ mood: 'ALLEGATION' });
    expect(await inShort(claim.id)).toEqual(['ERROR UNSOURCED null']);
    for (const stance of ['DENIES', 'DOUBTS', 'MENTIONS', 'DECLINES_COMMENT', 'RETRACTS'])
      await room.make.citation({ about: claim.id, stance });
    expect(await inShort(claim.id)).toEqual(['ERROR UNSOURCED null']);
    const support = await room.make.citation({ about: claim.id, stance: 'PARTLY_CONFIRMS' }, { publish: false });
    expect(await inShort(claim.id)).toEqual([]);
    await room.sql(`update shown set state = 'DELETED' where entry = $1`, [support.id]);
    expect(await inShort(claim.id)).toEqual(['ERROR UNSOURCED null']);
  });

  it('name references to drafts, with the draft, until it is public', async () => {
    const draft = await room.make.actor({ names: [{ text: 'The draft' }] }, { publish: false });
    const claim = await room.make.claim({ subject: draft.id }, { publish: false });
    const citation = await room.make.citation(
      { about: claim.id, chain: [{ role: 'SAID_BY', actor: draft.id }] },
      { publish: false },
    );
    const story = await room.make.story({ cast: [{ actor: draft.id }], timeline: [{ claim: claim.id }] });
    expect(await checksOf(claim.id)).toEqual([
      {
        rule: 'UNPUBLISHED_REFERENCE',
        severity: 'ERROR',
        path: '/subject',
        message: '“The draft” is not public: readers will not see it here.',
        entry: { id: draft.id, title: 'The draft', state: 'DRAFT' },
      },
    ]);
    expect(await inShort(citation.id)).toEqual([
      'ERROR UNPUBLISHED_REFERENCE /about',
      expect.stringMatching(/^WARNING UNPUBLISHED_REFERENCE \/chain\/[\w-]{16}\/actor$/),
    ]);
    expect((await inShort(story.id)).toSorted()).toEqual([
      expect.stringMatching(/^WARNING UNPUBLISHED_REFERENCE \/cast\/[\w-]{16}\/actor$/),
      expect.stringMatching(/^WARNING UNPUBLISHED_REFERENCE \/timeline\/[\w-]{16}\/claim$/),
    ]);
    await publish(draft.id);
    await publish(claim.id);
    for (const { id } of [claim, citation, story]) expect(await inShort(id)).toEqual([]);
  });

  it('name wiki links to nothing, and to drafts, where they stand', async () => {
    const draft = await room.make.event({ slug: 'draft-event' }, { publish: false });
    const story = await room.make.story({
      body: '[[actor:nobody]] [[event:draft-event]]',
      timeline: [{ note: '[[story:none]]' }],
    });
    const found = await checksOf(story.id);
    expect(found.map(({ rule, path, message }) => [rule, path, message])).toEqual(
      expect.arrayContaining([
        ['UNPUBLISHED_REFERENCE', '/body', expect.any(String)],
        ['BROKEN_LINK', '/body', '[[actor:nobody]] leads nowhere yet.'],
        ['BROKEN_LINK', expect.stringMatching(/^\/timeline\/[\w-]{16}\/note$/), '[[story:none]] leads nowhere yet.'],
      ]),
    );
    expect(found).toHaveLength(3);
    expect(found.find(({ entry }) => entry)?.entry.id).toBe(draft.id);
    expect((await inShort(story.id, 'PUBLISHED')).toSorted()).toEqual((await inShort(story.id)).toSorted());
  });

  it('are none of the readers’ business', async () => {
    const claim = await room.make.claim({ mood: 'ALLEGATION' });
    for (const asker of [room.asAnonymous(), room.as('READER')]) {
      const { data, statements } = await asker.statementsOf(CHECKS, { id: claim.id, view: 'PUBLISHED' });
      expect(data.node.checks).toEqual([]);
      expect(statements).toBe(1); // nothing was even looked at
    }
  });

  it('agree with the filter by check', async () => {
    for (const rule of ['UNSOURCED', 'UNPUBLISHED_REFERENCE', 'BROKEN_LINK', 'QUOTE_NOT_IN_DOCUMENT']) {
      const { claims, all } = await room.as('EDITOR').run(
        `query ($rule: CheckRule!) { claims(filter: { check: $rule }, view: LATEST, first: 100) { nodes { id } }
          all: claims(view: LATEST, first: 100) { nodes { id checks { rule } } } }`,
        { rule },
      );
      const named = all.nodes.filter(({ checks }: Answer) => checks.some((check: Answer) => check.rule === rule));
      expect(claims.nodes.map(({ id }: Answer) => id).toSorted()).toEqual(named.map(({ id }: Answer) => id).toSorted());
    }
  });
});
