import { type OrderReport, soakOrder } from '../../soak/order-soak';
import { prepareSoak, type SoakGround } from '../support/soaking';

jest.setTimeout(120_000);

describe('Readers by cursor, while many write through two servers and commit out of the order in which they began', () => {
  let ground: SoakGround;
  let report: OrderReport;
  beforeAll(async () => {
    ground = await prepareSoak();
    report = await soakOrder({ ...ground, seconds: 4, servers: 2, writers: 16 });
  });
  afterAll(() => ground.close());

  it('are told of every change once, in order', () => {
    expect(report).toMatchObject({ missed: { LATEST: 0, PUBLISHED: 0 }, breaches: [] });
    expect(report.outOfOrder).toBeGreaterThan(0);
    expect(report.pages).toBeGreaterThan(10);
  });
});
