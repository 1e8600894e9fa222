import MarkdownIt from 'markdown-it';
import { isUuid } from '../base/node-id';
import { slugProblem } from './slugs';

/** Kinds of entry that a wiki link can name. */
export type LinkedKind = 'STORY' | 'ACTOR' | 'EVENT' | 'CLAIM';

/** What a wiki link names: a slug within its kind, or for a claim its id. */
export interface WikiTarget {
  readonly kind: LinkedKind;
  readonly target: string;
}

/** What a wiki link is rendered as, where its target may be seen. */
export interface ResolvedLink {
  readonly id: string;
  readonly href: string;
  /** Stands where the link gives no label. */
  readonly title: string;
}

/** `wanted` is shown to editors: nothing there yet. `plain` is shown to the public, for nothing and for what it may not see. */
export type Resolve = (target: WikiTarget) => ResolvedLink | 'wanted' | 'plain';

const WIKI_LINK = /\[\[(story|actor|event|claim):([^\][|\n]{1,100})(?:\|([^\][\n]{1,300}))?\]\]/y;

/** The same anywhere: it stands on one line, whatever the Markdown around it. */
const ANY_WIKI_LINK = new RegExp(WIKI_LINK.source);

/** Schemes that a link may have; everything else stays text. */
const OPEN_SCHEMES = /^(https?:\/\/|mailto:)/i;

interface WikiLink extends WikiTarget {
  readonly label: string | null;
}

/** A wiki link of a changeset to what it creates itself: [[actor:#carvajal]]. */
export interface WikiRef {
  readonly kind: LinkedKind;
  readonly ref: string;
}

/** What a changeset may call what it creates. */
export const REF = /^[A-Za-z0-9_-]{1,40}$/;

interface Environment {
  resolve: Resolve;
}

/** A target in the form in which entries are addressed; null where nothing can have that address. */
function readTarget(kind: LinkedKind, written: string): string | null {
  const target = written.trim().toLowerCase();
  if (kind === 'CLAIM') return isUuid(target) ? target : null;
  return slugProblem(target) ? null : target;
}

const escape = (text: string): string => markdown.utils.escapeHtml(text);

function renderLink(link: WikiLink, { resolve }: Environment): string {
  const resolved = resolve(link);
  // An id tells nobody anything, and that of what is not public is nobody's business.
  const unlabelled = link.kind === 'CLAIM' ? 'a claim' : link.target;
  const label = link.label ?? (typeof resolved === 'string' ? unlabelled : resolved.title);
  if (resolved === 'plain') return escape(label);
  if (resolved === 'wanted') return `<span class="wanted-link">${escape(label)}</span>`;
  return `<a class="wiki-link" href="${escape(resolved.href)}" data-entry="${resolved.id}">${escape(label)}</a>`;
}

/** Whether a link may lead there: an open scheme, and no credentials. */
function isOpenAddress(written: string): boolean {
  const url = written.trim();
  if (!OPEN_SCHEMES.test(url) || !URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

function makeMarkdown(): MarkdownIt.MarkdownIt {
  // No HTML of the author's own comes through, so that what comes out needs no sanitiser.
  const made = new MarkdownIt('commonmark', { html: false });
  made.validateLink = isOpenAddress;
  // A picture would be fetched from its host by every reader's browser.
  made.disable('image');
  made.inline.ruler.before('link', 'wiki_link', (state, silent) => {
    WIKI_LINK.lastIndex = state.pos;
    const match = WIKI_LINK.exec(state.src);
    if (!match) return false;
    const kind = (match[1] as string).toUpperCase() as LinkedKind;
    const target = readTarget(kind, match[2] as string);
    const label = match[3]?.trim() || null;
    if (!silent) {
      const written = (match[2] as string).trim();
      const type = written.startsWith('#') ? 'wiki_ref' : target === null ? 'text' : 'wiki_link';
      const token = state.push(type, '', 0);
      if (type === 'wiki_link') token.meta = { kind, target, label };
      else token.content = label ?? written;
      if (type === 'wiki_ref') token.meta = { kind, ref: written.slice(1) } satisfies WikiRef;
    }
    state.pos += match[0].length;
    return true;
  });
  made.renderer.rules.wiki_link = (tokens, index, _options, environment) => {
    return renderLink(tokens[index]?.meta as object as WikiLink, environment as object as Environment);
  };
  made.renderer.rules.wiki_ref = (tokens, index) => escape(tokens[index]?.content ?? '');
  return made;
}

const markdown = makeMarkdown();

/** What the wiki links of a text name, each once, in the order of the text. Links in code are none. */
export function wikiTargetsIn(text: string): WikiTarget[] {
  if (!ANY_WIKI_LINK.test(text)) return []; // most texts: a parse saved
  const targets = new Map<string, WikiTarget>();
  for (const block of markdown.parse(text, {}))
    for (const token of block.children ?? [])
      if (token.type === 'wiki_link') {
        const { kind, target } = token.meta as object as WikiLink;
        targets.set(`${kind}:${target}`, { kind, target });
      }
  return [...targets.values()];
}

/** Where the wiki links of a changeset's text lead within it. Links in code are none. */
export function wikiRefsIn(text: string): WikiRef[] {
  const refs = new Map<string, WikiRef>();
  for (const block of markdown.parse(text, {}))
    for (const token of block.children ?? [])
      if (token.type === 'wiki_ref') {
        const { kind, ref } = token.meta as object as WikiRef;
        refs.set(`${kind}:${ref}`, { kind, ref });
      }
  return [...refs.values()];
}

/** Puts an address in the place of a ref, which is one of `REF`. */
export const replaceWikiRef = (text: string, kind: LinkedKind, ref: string, address: string): string =>
  text.replaceAll(
    new RegExp(`(\\[\\[${kind.toLowerCase()}:)\\s*#${ref}\\s*(?=[|\\]])`, 'g'),
    (_, start: string) => `${start}${address}`,
  );

/** A text as HTML that is safe to show: CommonMark, wiki links resolved, links to http, https and mailto only. */
export const renderMarkdown = (text: string, resolve: Resolve): string =>
  markdown.render(text, { resolve } satisfies Environment);
