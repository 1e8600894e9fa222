import { readNewsroom } from '../examples/read-newsroom';
import { loadSample } from '../src/tools/load-sample';
import { startServer, type TestServer } from './support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await loadSample(server.room.newsroom, 'sample');
}, 60_000);
afterAll(() => server.close());

it('the example client pages through all stories and reads one', async () => {
  const lines: string[] = [];
  await readNewsroom(`${server.url}/graphql`, (line) => lines.push(line));
  expect(lines.filter((line) => line.includes('(with '))).toHaveLength(4);
  expect(lines.join('\n')).toContain('allegation: ');
});
