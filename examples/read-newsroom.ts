/**
 * A small frontend without a screen: pages through all stories and reads the page of the first.
 *
 * In the project's folder, while the server runs:
 *
 *   npm run build && node dist/examples/read-newsroom.js http://127.0.0.1:4000/graphql
 *
 * The operations are those of schema/operations; the shapes below say what of their answers is used, give it its types,
 * and are checked against every answer.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const operation = (name: string): string => readFileSync(path.resolve('schema', 'operations', name), 'utf8'); // from the project's folder

const StoriesPage = z.object({
  stories: z.object({
    totalCount: z.number(),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    nodes: z.array(
      z.object({
        headline: z.string(),
        slug: z.string(),
        cast: z.array(z.object({ role: z.string().nullable(), actor: z.object({ name: z.string() }) })),
      }),
    ),
  }),
});

const StoryPage = z.object({
  story: z
    .object({
      headline: z.string(),
      summary: z.string().nullable(),
      timeline: z.array(
        z.object({
          note: z.string().nullable(),
          event: z.object({ title: z.string(), when: z.object({ edtf: z.string().nullable() }).nullable() }).nullable(),
          claim: z.object({ text: z.string(), mood: z.string() }).nullable(),
        }),
      ),
    })
    .nullable(),
});

const Answer = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }) })).optional(),
});

/** Sends an operation and reads its answer; what the server refuses is thrown with its code. */
export async function ask<Shape extends z.ZodType>(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  shape: Shape,
): Promise<z.infer<Shape>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = Answer.parse(await response.json());
  if (errors) throw new Error(errors.map(({ message, extensions }) => `${extensions.code}: ${message}`).join('\n'));
  return shape.parse(data);
}

/** Every story, page by page; the cursor of a page is where the next one begins. */
export async function* allStories(url: string) {
  let page: z.infer<typeof StoriesPage>['stories'] | null = null;
  do {
    const after: string | null = page?.pageInfo.endCursor ?? null;
    const answer: z.infer<typeof StoriesPage> = await ask(url, operation('5-stories.graphql'), { after }, StoriesPage);
    page = answer.stories;
    yield* page.nodes;
  } while (page.pageInfo.hasNextPage);
}

/** What the program prints. */
export async function readNewsroom(url: string, print: (line: string) => void): Promise<void> {
  for await (const { headline, cast } of allStories(url))
    print(`${headline} (with ${cast.map(({ actor }) => actor.name).join(', ')})`);
  const { story } = await ask(url, operation('1-story-page.graphql'), {}, StoryPage);
  if (!story) return;
  print(`\n${story.headline}\n${story.summary ?? ''}\n`);
  for (const { event, claim, note } of story.timeline) {
    if (event) print(`${event.when?.edtf ?? 'no date'}: ${event.title}`);
    if (claim) print(`${claim.mood.toLowerCase()}: ${claim.text}`);
    if (note) print(note);
  }
}

if (require.main === module)
  readNewsroom(process.argv[2] ?? 'http://127.0.0.1:4000/graphql', (line) => process.stdout.write(`${line}\n`)).catch(
    (error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
