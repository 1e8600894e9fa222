import pg from 'pg';
import { type EmbargoReport, soakEmbargoes } from '../../soak/embargo-soak';
import { createDatabase, type TestDatabase } from '../support/database';
import { buildProgram, type BuiltProgram } from '../support/program';

jest.setTimeout(120_000);

const ADMIN_TOKEN = 'a-token-of-the-newsroom-s-own';

describe('Embargoes that end within one second, before three servers of which one is killed in the middle', () => {
  let program: BuiltProgram;
  let database: TestDatabase;
  let pool: pg.Pool;
  let report: EmbargoReport;
  beforeAll(async () => {
    program = await buildProgram();
    database = await createDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
    report = await soakEmbargoes({
      embargoes: 120,
      servers: 3,
      lead: 6,
      adminToken: ADMIN_TOKEN,
      start: async () => {
        const settings = { DATABASE_URL: database.url, PORT: '0', SAMPLE: 'off', LOG_LEVEL: 'warn', ADMIN_TOKEN };
        const started = program.start(settings);
        return { url: `${await started.ready}/graphql`, kill: () => started.stop('SIGKILL') };
      },
      pool,
    });
  });
  afterAll(async () => {
    await pool?.end();
    await program.clear();
    await database.drop();
  });

  it('are each lifted once, none before its time, all within two seconds', () => {
    expect(report).toMatchObject({ once: 120, never: 0, more: 0, early: 0, breaches: [] });
    expect(report.beforeKill).toBeLessThan(120);
    expect(report.delays.at(-1)).toBeLessThanOrEqual(2000);
  });
});
