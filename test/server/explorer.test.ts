import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { loadSample } from '../../src/tools/load-sample';
import { startServer, type TestServer } from '../support/server';

const ROOT = path.resolve(__dirname, '..', '..');
const operation = (name: string): string => readFileSync(path.join(ROOT, 'schema/operations', name), 'utf8');
const STORY = '{ story(slug: "salazar-accuses-cabello") { id headline latestRevision summary } }';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await loadSample(server.room.newsroom, path.join(ROOT, 'sample'));
});
afterAll(() => server.close());

describe('the operations of the explorer', () => {
  it('read for everybody what the sample holds', async () => {
    const { body } = await server.post(operation('1-story-page.graphql'));
    expect(body.errors).toBeUndefined();
    expect(body.data.story.timeline.length).toBeGreaterThan(5);
    const actor = await server.post(operation('2-actor.graphql'));
    expect(actor.body.errors).toBeUndefined();
    expect(actor.body.data.actor.roles.length).toBeGreaterThan(0);
  });

  it('edit and meet in a conflict for an editor, with the id that FindStory gives', async () => {
    const token = await server.tokenOf('EDITOR');
    const send = async (name: string, operationName: string) => {
      const { id, latestRevision } = (await server.post(STORY)).body.data.story;
      const variables = JSON.parse(operation(`${name}.variables.json`));
      const answer = await server.send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({
          query: operation(`${name}.graphql`),
          operationName,
          variables: { ...variables, story: id, base: latestRevision },
        }),
      });
      expect(answer.body.errors).toBeUndefined();
      return answer.body.data;
    };
    expect((await send('3-edit', 'FindStory')).story.latestRevision).toBeGreaterThan(0);
    expect((await send('3-edit', 'EditStory')).editStory.outcome).toBe('SAVED');
    const { first, second } = await send('4-conflict', 'Conflict');
    expect(first.outcome).toBe('SAVED');
    expect(second.outcome).toBe('CONFLICT');
    expect(second.conflict.fields[0]).toMatchObject({ path: '/headline', mine: 'The headline of another editor' });
  });
});

describe('the page', () => {
  it('comes compressed or not, guarded, and names no other server for anything it loads', async () => {
    const { headers, text } = await server.send('/');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('vary')).toMatch(/Origin.*Accept-Encoding/);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).not.toMatch(/<(script|link|img)[^>]+(src|href)="?https?:/);
    const plain = await server.send('/', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.has('content-encoding')).toBe(false);
    expect(plain.text).toBe(text);
  });
});

const CHROMIUM = '/usr/bin/chromium';
const inBrowser = existsSync(CHROMIUM)
  ? { it, why: '' }
  : { it: it.skip, why: ` (skipped: there is no ${CHROMIUM} on this machine)` };

describe('in a browser', () => {
  let place: string;
  let browser: BrowserContext | undefined;
  let page: Page;
  const elsewhere: string[] = [];
  const complaints: string[] = [];

  afterAll(async () => {
    await browser?.close();
    if (place) rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Opens the page in a browser that reaches nothing but this machine. */
  async function openPage(): Promise<void> {
    place = mkdtempSync(path.join(tmpdir(), 'newsroom-browser-'));
    const words =
      'no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync';
    browser = await chromium.launchPersistentContext(place, {
      executablePath: CHROMIUM,
      headless: true,
      args: words.split(' ').map((word) => `--${word}`),
      viewport: { width: 1500, height: 950 },
    });
    await browser.route(/.*/, (route) => {
      const address = route.request().url();
      if (address.startsWith(server.url) || /^(data|blob):/.test(address)) return route.continue();
      elsewhere.push(address);
      return route.abort();
    });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(server.url);
  }

  const answerShown = (text: string) =>
    page.waitForFunction(
      (wanted) => document.querySelector('.result-window')?.textContent?.replaceAll('\u00a0', ' ').includes(wanted),
      text,
      { timeout: 20_000 },
    );

  const shoot = (name: string) =>
    page.screenshot({ path: path.join(process.env.SCREENSHOTS ?? place, `explorer-${name}.png`) });

  /** GraphiQL loses a click that falls into the moment in which it shows an answer: clicks until the tab is open. */
  async function switchTo(tab: string): Promise<void> {
    const open = page.locator('.graphiql-tab-active', { hasText: tab });
    while ((await open.count()) === 0) await page.locator('.graphiql-tab-button', { hasText: tab }).click();
  }

  /** Puts text in place of all that the open one of the lower editors holds. */
  async function fill(text: string): Promise<void> {
    await page.locator('.graphiql-editor-tool .view-lines').locator('visible=true').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(text);
    await page.keyboard.press('Control+Shift+End'); // the brackets that the editor adds
    await page.keyboard.press('Delete');
  }

  inBrowser.it(
    `shows six tabs, reads a story, takes a token and runs an edit, and asks no other server${inBrowser.why}`,
    async () => {
      await openPage();
      await page.waitForSelector('.graphiql-query-editor .view-line', { timeout: 30_000 });
      const tabs = await page.locator('.graphiql-tab').allInnerTexts();
      expect(tabs.map((tab) => tab.trim())).toEqual([
        'StoryPage',
        'Actor',
        'EditStory',
        'Conflict',
        'Stories',
        'Changes',
      ]);

      await page.click('.graphiql-execute-button');
      await answerShown('"headline"');
      await shoot('story');

      // The token goes into the headers, the story's id and revision into the variables.
      const { id, latestRevision } = (await server.post(STORY)).body.data.story;
      const token = await server.tokenOf('EDITOR');
      await switchTo('EditStory');
      await page.getByRole('button', { name: 'Variables', exact: true }).click();
      await fill(JSON.stringify({ story: id, base: latestRevision, summary: 'Edited in a browser' }));
      await page.getByRole('button', { name: 'Headers', exact: true }).click();
      await fill(JSON.stringify({ authorization: `Bearer ${token}` }));
      await page.click('.graphiql-execute-button');
      await page.getByRole('menuitem', { name: 'EditStory' }).click();
      await answerShown('"outcome": "SAVED"');
      await shoot('edit');
      expect((await server.post(STORY)).body.data.story.summary).toBe('Edited in a browser');
      expect({ elsewhere, complaints }).toEqual({ elsewhere: [], complaints: [] });
    },
    90_000,
  );
});
