import { ask } from './ask';
import { type Case, compareReads } from './cases';
import { CREATION_ORDER, LIST_NAMES } from './fiction';
import type { Server } from './processes';

const PAGE = 20;
/** How many entries a step of the walk to a page takes: the most that a page may have. */
const STEP = 100;

const isGood = (answer: string): boolean => !answer.includes('"errors"');

/** The newest 20 stories with their casts, anonymous. */
export function storyList(): Case {
  const query = `query StoryList { stories(first: ${PAGE}) { nodes { slug headline cast { role actor { name } } } } }`;
  const bodies = [JSON.stringify({ operationName: 'StoryList', query, variables: {} })];
  return {
    name: 'story-list',
    headers: {},
    isGood,
    probes: async () => bodies,
    load: async () => ({ kind: 'reads', bodies }),
    compare: (ours, bare) => compareReads(bodies, ours, bare),
  };
}

interface Step {
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

/** The cursors of a list from its beginning, so many or all that there are. */
async function walk(server: Server, list: string, most: number): Promise<string[]> {
  const query = `query Walk($after: String) {
    list: ${list}(first: ${STEP}, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage } }
  }`;
  const cursors: string[] = [];
  for (let goesOn = true; goesOn && cursors.length < most;) {
    const body = JSON.stringify({ operationName: 'Walk', query, variables: { after: cursors.at(-1) ?? null } });
    const answer = (await ask(server.url, body)) as { data?: { list?: Step } };
    const step = answer.data?.list;
    if (!step) throw new Error(`${list} cannot be walked: ${JSON.stringify(answer).slice(0, 500)}`);
    cursors.push(...step.edges.map((edge) => edge.cursor));
    goesOn = step.pageInfo.hasNextPage;
  }
  return cursors;
}

/** A page of each of the six lists in its usual order, anonymous: the one of that number, or the last one before it. */
export async function listPages(server: Server, number: number): Promise<Case[]> {
  const cases: Case[] = [];
  for (const list of CREATION_ORDER.map((kind) => LIST_NAMES[kind])) {
    const wanted = (number - 1) * PAGE;
    const cursors = wanted === 0 ? [] : await walk(server, list, wanted + 1);
    const last = Math.max(1, Math.ceil(cursors.length / PAGE));
    const page = cursors.length > wanted || wanted === 0 ? number : last;
    const query = `query Page($after: String) {
      ${list}(first: ${PAGE}, after: $after) { nodes { id title updatedAt } pageInfo { endCursor hasNextPage } }
    }`;
    const after = page === 1 ? null : (cursors[(page - 1) * PAGE - 1] as string);
    const bodies = [JSON.stringify({ operationName: 'Page', query, variables: { after } })];
    cases.push({
      name: `page ${page}${page < number ? ', the last,' : ''} of ${list}`,
      headers: {},
      share: 1 / 3,
      isGood: (answer) => isGood(answer) && answer.includes('"title"'),
      probes: async () => bodies,
      load: async () => ({ kind: 'reads', bodies }),
    });
  }
  return cases;
}
