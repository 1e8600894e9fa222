import { readFileSync } from 'node:fs';
import path from 'node:path';
import { faultsOf } from '../../soak/feed-report';
import type { FeedReport } from '../../soak/feed-soak';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/server/embedded-postgres';
import {
  findProcess,
  hasGoneWithin,
  type ProcessMark,
  signalProcess,
} from '../../src/server/embedded-postgres-process';
import { ask, followThrough, type Ground, startOn, untilReady } from '../support/outages';
import { buildProgram, type BuiltProgram, type Started } from '../support/program';

jest.setTimeout(600_000); // it gives up by itself where nothing moves any more

const CREATE = `mutation ($input: CreateStoryInput!) { createStory(input: $input) { outcome story { id } } }`;

describe('A server whose PostgreSQL is stopped in the middle of everything, and started again', () => {
  let program: BuiltProgram;
  let postgres: EmbeddedPostgres;
  let server: Started;
  let url: string;
  let ground: Ground;
  let report: FeedReport;
  beforeAll(async () => {
    program = await buildProgram();
    const directory = program.makeDirectory();
    postgres = await startEmbeddedPostgres({ dir: directory });
    const address = postgres.url;
    server = startOn(program, { DATABASE_URL: address });
    url = await server.ready;
    ground = {
      // At once, as in a crash of the machine: no transaction ends, no connection is taken leave of.
      goAway: async () => {
        const [pid] = readFileSync(path.join(directory, 'postgres/data/postmaster.pid'), 'utf8').split('\n');
        const postmaster = findProcess(Number(pid)) as ProcessMark;
        signalProcess(postmaster, 'SIGQUIT');
        if (!(await hasGoneWithin(postmaster, 10_000))) throw new Error('PostgreSQL does not stop.');
      },
      comeBack: async () => {
        postgres = await startEmbeddedPostgres({ dir: directory });
        if (postgres.url !== address) throw new Error(`It came back at ${postgres.url}.`);
      },
    };
    report = await followThrough([url], ground, address, { seconds: 3, killEvery: { edits: 50 }, seed: 5 });
  });
  afterAll(async () => {
    await server.stop();
    await postgres.stop();
    await program.clear();
  });

  it('loses nothing, and tells nobody who follows anything twice, or in another order', () => {
    expect(report.kills).toBeGreaterThanOrEqual(2);
    expect(report.troubles.refused).toBeGreaterThan(0);
    expect(report.acts.done.size).toBeGreaterThan(8);
    expect(faultsOf(report).filter(([, found]) => found.length > 0)).toEqual([]);
    for (const { name, told, interruptions } of report.consumers) {
      expect(told).toBeGreaterThan(0);
      if (!name.startsWith('webhook')) expect([name, interruptions]).toEqual([name, 0]);
    }
  });

  it('says at once that it can do nothing, and does it when it is asked again, once', async () => {
    const input = { clientMutationId: 'in-an-outage', fields: { headline: 'Written in an outage' } };
    await ground.goAway();
    await untilReady(url, false);
    const began = performance.now();
    const { status, body } = await ask(url, CREATE, { input });
    expect(performance.now() - began).toBeLessThan(5000);
    expect({ status, code: body.errors[0].extensions.code }).toEqual({ status: 503, code: 'SERVICE_UNAVAILABLE' });
    await ground.comeBack();
    await untilReady(url, true);
    const written = (await ask(url, CREATE, { input })).body.data.createStory;
    expect(written.outcome).toBe('CREATED');
    expect((await ask(url, CREATE, { input })).body.data.createStory).toEqual(written);
  });
});
