import type { CursorKey } from '../base/list-cursor';
import type { Claim } from '../model/claim';
import { lensKey } from '../model/lens';
import type { Page } from '../model/page';
import type { Story } from '../model/story';
import { wikiTargetsIn } from '../rules/markdown';
import { makePage, type PageArguments, readPageRequest } from '../store/pages';
import type { Scope } from '../store/scope';
import { loadText, loadVisible, visibleItems } from './entries';

/**
 * Ids of the claims that a story tells, each once: those of its timeline, then those that its texts link to. What the lens
 * leaves out of the timeline tells nothing.
 */
async function claimIds(scope: Scope, story: Story): Promise<string[]> {
  const { body } = story.content;
  const timeline = await visibleItems(scope, story.lens, story.content.timeline, (item) => item.event ?? item.claim);
  const texts = [...timeline.map((item) => item.note), await loadText(scope, body)];
  const linked = texts.flatMap((text) => (text === null ? [] : wikiTargetsIn(text)));
  return [
    ...new Set([
      ...timeline.flatMap((item) => item.claim ?? []),
      ...linked.flatMap(({ kind, target }) => (kind === 'CLAIM' ? [target] : [])),
    ]),
  ];
}

/**
 * A page of a story's claims in telling order. The list has at most as many as the story's texts and timeline may hold, so
 * it is put together whole; a cursor is a place in it.
 */
export async function storyClaims(scope: Scope, story: Story, args: PageArguments): Promise<Page<Claim>> {
  const { lens, id } = story;
  const { cursors, pages } = scope.newsroom;
  const request = readPageRequest(`story claims ${lensKey(lens)} ${id}`, args, pages, cursors);
  const found = await loadVisible<Claim>(scope, lens, await claimIds(scope, story));
  const claims = found.filter((claim) => claim.kind === 'CLAIM' && claim.state !== 'DELETED');
  const places = claims.map((claim, place) => ({ claim, place }));
  // A claim keeps its cursor while the story changes around it; one that has left the story keeps its place.
  const placeOf = ([place, claimId]: CursorKey): number =>
    places.find(({ claim }) => claim.id === claimId)?.place ?? Number(place);
  const from = request.after ? placeOf(request.after) : -1;
  const to = request.before ? placeOf(request.before) : places.length;
  const between = places.filter(({ place }) => place > from && place < to);
  if (request.fromEnd) between.reverse();
  return makePage(
    between.slice(0, request.limit + 1),
    request,
    ({ claim, place }) => [place, claim.id],
    ({ claim }) => claim,
    cursors,
    async () => claims.length,
  );
}
