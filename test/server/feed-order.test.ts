import pg from 'pg';
import { type OrderReport, soakOrder } from '../../soak/order-soak';
import { createDatabase, type TestDatabase } from '../support/database';
import { buildProgram, type BuiltProgram } from '../support/program';

jest.setTimeout(120_000);

const ADMIN_TOKEN = 'a-token-of-the-newsroom-s-own';

describe('Readers by cursor, while many write through two servers and commit out of the order in which they began', () => {
  let program: BuiltProgram;
  let database: TestDatabase;
  let pool: pg.Pool;
  let report: OrderReport;
  beforeAll(async () => {
    program = await buildProgram();
    database = await createDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
    report = await soakOrder({
      seconds: 4,
      servers: 2,
      writers: 16,
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

  it('are told of every change once, in order', () => {
    expect(report).toMatchObject({ missed: { LATEST: 0, PUBLISHED: 0 }, breaches: [] });
    expect(report.outOfOrder).toBeGreaterThan(0);
    expect(report.pages).toBeGreaterThan(10);
  });
});
