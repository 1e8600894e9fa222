import { type EmbargoReport, soakEmbargoes } from '../../soak/embargo-soak';
import { prepareSoak, type SoakGround } from '../support/soaking';

jest.setTimeout(120_000);

describe('Embargoes that end within one second, before three servers of which one is killed in the middle', () => {
  let ground: SoakGround;
  let report: EmbargoReport;
  beforeAll(async () => {
    ground = await prepareSoak();
    report = await soakEmbargoes({ ...ground, embargoes: 120, servers: 3, lead: 12 });
  });
  afterAll(() => ground.close());

  it('are each lifted once, none before its time, all within two seconds', () => {
    expect(report).toMatchObject({ once: 120, never: 0, more: 0, early: 0, breaches: [] });
    expect(report.beforeKill).toBeLessThan(120);
    expect(report.delays.at(-1)).toBeLessThanOrEqual(2000);
  });
});
