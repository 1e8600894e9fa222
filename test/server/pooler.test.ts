import { faultsOf } from '../../soak/feed-report';
import type { FeedReport } from '../../soak/feed-soak';
import { createDatabase, type TestDatabase } from '../support/database';
import { ask, followThrough, loggedBy, startOn } from '../support/outages';
import { hasPgBouncer, type Pooler, startPooler } from '../support/pooler';
import { buildProgram, type BuiltProgram, type Started } from '../support/program';

jest.setTimeout(600_000); // it gives up by itself where nothing moves any more

const CREATE = `mutation ($input: CreateStoryInput!) { createStory(input: $input) { story { id latestRevision } } }`;
const EDIT = `mutation ($input: EditStoryInput!) {
  editStory(input: $input) { outcome conflict { fields { path mine theirs } } } }`;
const APPLY = `mutation ($input: ApplyChangesetInput!) {
  applyChangeset(input: $input) { outcome changeset { id } problems { message } } }`;

const isThere = hasPgBouncer();
if (!isThere) process.stderr.write('PgBouncer is not installed: nothing is tried behind a pooler.\n');

(isThere ? describe : describe.skip)('Two servers behind a pooler in transaction mode', () => {
  let program: BuiltProgram;
  let database: TestDatabase;
  let pooler: Pooler;
  let servers: Started[];
  let urls: string[];
  let quietly: string[] | undefined;
  let report: FeedReport;
  beforeAll(async () => {
    program = await buildProgram();
    database = await createDatabase('empty');
    pooler = await startPooler(database.url);
    const settings = { DATABASE_URL: pooler.url, DATABASE_POOLER: 'transaction', SAMPLE: 'on' };
    // At once on an empty database. One hears of what the other writes past the pooler, the other looks for itself.
    servers = [startOn(program, { ...settings, LISTEN_DATABASE_URL: database.url }), startOn(program, settings)];
    urls = await Promise.all(servers.map(({ ready }) => ready));
    const goAway = (): Promise<void> => {
      quietly ??= servers.flatMap(loggedBy);
      return pooler.kill();
    };
    const ground = { goAway, comeBack: () => pooler.start() };
    const options = { seconds: 2, killEvery: { edits: 20 }, seed: 11 };
    report = await followThrough(urls, ground, database.url, options);
  });
  afterAll(async () => {
    await program.clear();
    await pooler.close();
    await database.drop();
  });

  it('make its tables and load the sample, once', async () => {
    for (const url of urls) {
      const { body } = await ask(url, '{ story(slug: "salazar-accuses-cabello") { headline } }');
      expect(body.data.story.headline).toMatch(/Cabello/);
    }
    const { body } = await ask(urls[0] as string, '{ users(first: 100) { nodes { name } } }');
    expect(JSON.stringify(body).split('Sample desk')).toHaveLength(2);
  });

  it('log nothing as long as nothing is wrong', () => {
    expect(quietly).toEqual([]);
  });

  it('lose nothing of what is written while the pooler is killed: nobody who follows is cut off, or told anything twice', () => {
    expect(report.kills).toBeGreaterThanOrEqual(3);
    expect(report.troubles.refused).toBeGreaterThan(0);
    expect(report.acts.done.size).toBeGreaterThan(6);
    expect(faultsOf(report).filter(([, found]) => found.length > 0)).toEqual([]);
    for (const { name, told, interruptions } of report.consumers) {
      expect(told).toBeGreaterThan(0);
      if (!name.startsWith('webhook')) expect([name, interruptions]).toEqual([name, 0]);
    }
  });

  it('meet in conflicts, and write changesets', async () => {
    const [one = '', other = ''] = urls;
    const input = { fields: { headline: 'As it was' }, publish: true };
    const { id, latestRevision } = (await ask(one, CREATE, { input })).body.data.createStory.story;
    const edit = (url: string, headline: string) =>
      ask(url, EDIT, { input: { id, baseRevision: latestRevision, fields: { headline } } });
    expect((await edit(one, 'As one has it')).body.data.editStory.outcome).toBe('SAVED');
    expect((await edit(other, 'As the other has it')).body.data.editStory).toEqual({
      outcome: 'CONFLICT',
      conflict: { fields: [{ path: '/headline', mine: 'As the other has it', theirs: 'As one has it' }] },
    });
    const edits = [
      { createActor: { ref: 'witness', fields: { actorType: 'PERSON', names: [{ text: 'A witness' }] } } },
      { editStory: { id, baseRevision: latestRevision + 1, fields: { summary: 'With a witness' } } },
    ];
    const { body } = await ask(other, APPLY, { input: { edits } });
    expect(body.data.applyChangeset).toMatchObject({ changeset: { id: expect.any(String) }, problems: [] });
  });

  it.each([
    ['looks for what is not as derived', ['rebuild', '--check'], /^shown: 0 wrong$/m],
    ['exports', ['export'], /"line":"end"/],
  ])('leave room for a command that %s', async (_, args, output) => {
    const tool = program.startTool(args, { DATABASE_URL: pooler.url, DATABASE_POOLER: 'transaction' });
    expect(await tool.ended).toBe(0);
    expect(tool.stdout()).toMatch(output);
  });
});
