import { readFileSync } from 'node:fs';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const STORY_PAGE = readFileSync('test/api/story-page.graphql', 'utf8');

async function makeStory(slug: string, events: number): Promise<void> {
  const timeline: { event: string }[] = [];
  for (let index = 0; index < events; index++) {
    const actor = await room.make.actor();
    const event = await room.make.event({ participants: [{ actor: actor.id, role: 'speaker' }] });
    const publisher = await room.make.actor({ actorType: 'MEDIA_OUTLET' });
    const document = await room.make.document({ publisher: publisher.id });
    await room.make.citation({ about: event.id, document: document.id });
    timeline.push({ event: event.id });
  }
  await room.make.story({ headline: `A story of ${events} events`, slug, timeline });
}

describe('the story page', () => {
  beforeAll(async () => {
    await makeStory('two', 2);
    await makeStory('two-hundred', 200);
  }, 60_000);

  it.each([
    ['two', 2],
    ['two-hundred', 200],
  ])('takes 6 statements, whether it has 2 events or 200 (%s)', async (slug, events) => {
    const { statements, data } = await room.asAnonymous().statementsOf(STORY_PAGE, { slug });
    expect(data.story.timeline).toHaveLength(events);
    for (const { event } of data.story.timeline) {
      expect(event.participants[0].actor.name).toMatch(/^Actor/);
      expect(event.citations.nodes[0].document.publisher.name).toMatch(/^Actor/);
    }
    expect(statements).toBe(6);
  });

  it('reads 50 entries by nodes, with what they lead to, in as many statements as 2', async () => {
    const ids = (await room.sql(`select entry from shown where view = 'PUBLISHED' and kind = 'CITATION' limit 50`)).map(
      (row) => row.entry,
    );
    expect(ids).toHaveLength(50);
    const query = `query Nodes($ids: [ID!]!) {
      nodes(ids: $ids) { id ... on Citation { stance about { title } document { title publisher { name } } } }
    }`;
    const many = await room.asAnonymous().statementsOf(query, { ids });
    const few = await room.asAnonymous().statementsOf(query, { ids: ids.slice(0, 2) });
    expect(many.data.nodes.map((node: { id: string }) => node.id)).toEqual(ids);
    expect(many.statements).toBe(few.statements);
    expect(many.statements).toBe(3); // citations; what they are about with their documents; publishers
  });
});
