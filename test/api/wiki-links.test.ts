import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

let counter = 0;
const newSlug = (): string => `slug-${(counter += 1)}`;

const STORY = `query ($id: ID!, $view: View!) { story(id: $id, view: $view) { bodyHtml timeline { noteHtml } } }`;
async function htmlOf(id: string, view = 'PUBLISHED'): Promise<string> {
  const asker = view === 'LATEST' ? room.as('CONTRIBUTOR') : room.asAnonymous();
  const { story } = await asker.run(STORY, { id, view });
  return [story.bodyHtml, ...story.timeline.map((item: Answer) => item.noteHtml)].join('');
}
async function backlinksOf(kind: string, id: string, view = 'PUBLISHED'): Promise<string[]> {
  const { entry } = await room
    .as('EDITOR')
    .run(`query ($id: ID!, $view: View!) { entry: ${kind}(id: $id, view: $view) { backlinks { nodes { id } } } }`, {
      id,
      view,
    });
  return entry.backlinks.nodes.map((node: { id: string }) => node.id);
}
async function editActor(id: string, baseRevision: number, fields: object, by: 'EDITOR' | 'CONTRIBUTOR' = 'EDITOR') {
  const { editActor: payload } = await room
    .as(by)
    .run(`mutation ($input: EditActorInput!) { editActor(input: $input) { outcome problems { message } } }`, {
      input: { id, baseRevision, fields },
    });
  expect(payload).toEqual({ outcome: 'SAVED', problems: [] });
}
const publish = (id: string, revision: number): Promise<Answer> =>
  room
    .as('EDITOR')
    .run(`mutation ($input: PublishInput!) { publish(input: $input) { outcome } }`, { input: { id, revision } });
const render = async (markdown: string, view = 'PUBLISHED'): Promise<string> =>
  (
    await room
      .as('CONTRIBUTOR')
      .run(`query ($markdown: Markdown!, $view: View!) { renderMarkdown(markdown: $markdown, view: $view) }`, {
        markdown,
        view,
      })
  ).renderMarkdown;

const anchors = (html: string): number => html.split('<a ').length - 1;
const wanted = (html: string): number => html.split('class="wanted-link"').length - 1;

describe('A wiki link to what is not there yet', () => {
  it('becomes one, in body and notes, when an entry opens under the slug: for the newsroom at once, for the public once it is public', async () => {
    const slug = newSlug();
    const story = await room.make.story({ body: `[[actor:${slug}|x]]`, timeline: [{ note: `[[actor:${slug}]]` }] });
    expect([wanted(await htmlOf(story.id, 'LATEST')), anchors(await htmlOf(story.id))]).toEqual([2, 0]);
    const actor = await room.make.actor({ slug }, { publish: false });
    expect([anchors(await htmlOf(story.id, 'LATEST')), anchors(await htmlOf(story.id))]).toEqual([2, 0]);
    expect(await backlinksOf('actor', actor.id, 'LATEST')).toEqual([story.id]);
    await publish(actor.id, 1);
    expect(anchors(await htmlOf(story.id))).toBe(2);
    expect(await backlinksOf('actor', actor.id)).toEqual([story.id]);
  });

  it('becomes one when an entry is renamed to the slug, for the public when the new name is', async () => {
    const slug = newSlug();
    const story = await room.make.story({ body: `[[actor:${slug}]]` });
    const actor = await room.make.actor();
    await editActor(actor.id, 1, { slug }, 'CONTRIBUTOR');
    expect(anchors(await htmlOf(story.id, 'LATEST'))).toBe(1);
    expect(await backlinksOf('actor', actor.id, 'LATEST')).toEqual([story.id]);
    // The public must not learn from its links what a public entry is to be called.
    expect(anchors(await htmlOf(story.id))).toBe(0);
    expect(await backlinksOf('actor', actor.id)).toEqual([]);
    await publish(actor.id, 2);
    expect(anchors(await htmlOf(story.id))).toBe(1);
    expect(await backlinksOf('actor', actor.id)).toEqual([story.id]);
  });

  it('that is written while the slug waits for an editor is nothing to the public, and a link after', async () => {
    const slug = newSlug();
    const actor = await room.make.actor();
    await editActor(actor.id, 1, { slug }, 'CONTRIBUTOR');
    const story = await room.make.story({ body: `[[actor:${slug}]]` });
    expect([await backlinksOf('actor', actor.id), await backlinksOf('actor', actor.id, 'LATEST')]).toEqual([
      [],
      [story.id],
    ]);
    await publish(actor.id, 2);
    expect(await backlinksOf('actor', actor.id)).toEqual([story.id]);
  });

  it('becomes one in an entry that links to itself, and in those that wait for one another', async () => {
    const [one, two] = [newSlug(), newSlug()];
    const first = await room.make.story({ slug: one, body: `[[story:${one}]] [[story:${two}]]` });
    const second = await room.make.story({ slug: two, body: `[[story:${one}]]` });
    expect([anchors(await htmlOf(first.id)), anchors(await htmlOf(second.id))]).toEqual([2, 1]);
    expect(await backlinksOf('story', first.id)).toEqual([second.id, first.id]);
    expect(await backlinksOf('story', second.id)).toEqual([first.id]);
  });

  it('of another kind than the entry stays wanted', async () => {
    const slug = newSlug();
    const story = await room.make.story({ body: `[[event:${slug}]]` });
    await room.make.actor({ slug });
    expect(wanted(await htmlOf(story.id, 'LATEST'))).toBe(1);
  });
});

describe('A wiki link', () => {
  it('by an old slug finds its entry after a rename, and names it by its new address', async () => {
    const [old, renamed] = [newSlug(), newSlug()];
    const actor = await room.make.actor({ slug: old });
    const before = await room.make.story({ body: `[[actor:${old}]]` });
    await editActor(actor.id, 1, { slug: renamed });
    const after = await room.make.story({ body: `[[actor:${old}|x]]` });
    for (const view of ['PUBLISHED', 'LATEST'])
      for (const story of [before, after]) expect(await htmlOf(story.id, view)).toContain(`href="/actor/${renamed}"`);
    expect(await backlinksOf('actor', actor.id)).toEqual([after.id, before.id]);
  });

  it('to a claim goes by its id, and is none to one that is not there', async () => {
    const claim = await room.make.claim({ text: 'He said so' });
    const draft = await room.make.claim({}, { publish: false });
    const nobody = '00000000-0000-4000-8000-000000000000';
    const story = await room.make.story({
      body: `[[claim:${claim.id}]] [[claim:${claim.id.toUpperCase()}|again]] [[claim:${draft.id}]] [[claim:${nobody}]]`,
    });
    const html = await htmlOf(story.id);
    expect(html).toContain(`href="/claim/${claim.id}" data-entry="${claim.id}">He said so</a>`);
    expect([
      anchors(html),
      anchors(await htmlOf(story.id, 'LATEST')),
      wanted(await htmlOf(story.id, 'LATEST')),
    ]).toEqual([2, 3, 1]);
    expect(await backlinksOf('claim', claim.id)).toEqual([story.id]);
  });

  it('in code is none', async () => {
    const slug = newSlug();
    const actor = await room.make.actor({ slug });
    const link = `[[actor:${slug}]]`;
    const story = await room.make.story({ body: `\`${link}\`\n\n    ${link}\n\n\`\`\`\n${link}\n\`\`\`\n\n\\${link}` });
    expect(anchors(await htmlOf(story.id))).toBe(0);
    expect(await backlinksOf('actor', actor.id)).toEqual([]);
  });

  it('to a deleted entry is as good as none', async () => {
    const slug = newSlug();
    const actor = await room.make.actor({ slug });
    const story = await room.make.story({ body: `[[actor:${slug}]]` });
    await room.sql(`update shown set state = 'DELETED' where entry = $1 and view = 'LATEST'`, [actor.id]);
    await room.sql(`delete from shown where entry = $1 and view = 'PUBLISHED'`, [actor.id]);
    expect([anchors(await htmlOf(story.id)), anchors(await htmlOf(story.id, 'LATEST'))]).toEqual([0, 0]);
  });

  it('ten thousand times in one text is refused, clearly, in notes and previews too', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `[[actor:a${index}]]`).join('');
    for (const fields of [
      { headline: 'x', body: many.slice(0, 199_000) },
      { headline: 'x', timeline: [{ note: many }] },
    ]) {
      const { createStory } = await room
        .as('EDITOR')
        .run(
          `mutation ($input: CreateStoryInput!) { createStory(input: $input) { outcome problems { code message } } }`,
          {
            input: { fields },
          },
        );
      expect(createStory.outcome).toBe('INVALID');
      expect(createStory.problems[0].message).toMatch(/at most \d+/);
    }
    const asked = room.asAnonymous().ask(`query ($text: Markdown!) { renderMarkdown(markdown: $text) }`, {
      text: many.slice(0, 199_000),
    });
    expect((await asked).errors?.[0]).toMatchObject({
      message: expect.stringMatching(/at most 500 wiki links .* has \d{4,}/),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});

describe('A preview', () => {
  it('shows drafts and what is wanted in LATEST, and neither in PUBLISHED', async () => {
    const [slug, draft] = [newSlug(), newSlug()];
    const { id } = await room.make.actor({ slug, names: [{ text: 'A & B <b>' }] });
    await room.make.actor({ slug: draft, names: [{ text: 'The draft' }] }, { publish: false });
    const text = `[[actor:${slug}]] [[actor:${draft}]] [[actor:none]]`;
    const link = `<a class="wiki-link" href="/actor/${slug}" data-entry="${id}">A &amp; B &lt;b&gt;</a>`;
    expect(await render(text)).toBe(`<p>${link} ${draft} none</p>\n`);
    expect(await render(text, 'LATEST')).toMatch(
      new RegExp(
        `<p>${link} <a [^>]*href="/actor/${draft}"[^>]*>The draft</a> <span class="wanted-link">none</span></p>`,
      ),
    );
    expect(await room.asAnonymous().fails(`{ renderMarkdown(markdown: "x", view: LATEST) }`)).toBe('UNAUTHENTICATED');
  });

  it.each([
    ['[[actor:SLUG]]'],
    ['[[actor:SLUG|the man]]'],
    ['**[[ actor:SLUG]]** [[actor: SLUG | x ]]'],
    ['- [[actor:SLUG|*a*]]'],
  ])('%s of a draft is byte for byte what it is of nothing, to the public', async (text) => {
    const [draft, nothing] = [newSlug(), `nobody-${counter}`];
    await room.make.actor({ slug: draft }, { publish: false });
    const [one, other] = [await render(text.replace('SLUG', draft)), await render(text.replace('SLUG', nothing))];
    expect(one.replaceAll(draft, 'SLUG')).toBe(other.replaceAll(nothing, 'SLUG'));
    expect(one).not.toContain('<a');
    const draftClaim = await room.make.claim({}, { publish: false });
    const absent = '00000000-0000-4000-8000-000000000000';
    const claims = [draftClaim.id, absent].map((id) => render(text.replace('actor:', 'claim:').replace('SLUG', id)));
    const [oneClaim, otherClaim] = await Promise.all(claims);
    expect(oneClaim?.replaceAll(draftClaim.id, 'ID')).toBe(otherClaim?.replaceAll(absent, 'ID'));
  });

  it('of a text that cannot be kept, or is too long, is refused', async () => {
    for (const text of ['a\0b', '\ud800', 'x'.repeat(200_001)])
      expect(
        await room.asAnonymous().fails(`query ($text: Markdown!) { renderMarkdown(markdown: $text) }`, { text }),
      ).toBe('BAD_USER_INPUT');
    expect(await render('')).toBe('');
  });
});
