import type { Answer, TestNewsroom } from './newsroom';

type Role = 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN';
type Input = Record<string, unknown>;

const PAYLOAD = `{
  comment { id entry { id title } path revision body bodyHtml author { name } parent { id } resolvedAt resolvedBy { name } createdAt }
  problems { severity code message path entry { id } } }`;
export const COMMENT = `mutation ($input: CommentInput!) { act: comment(input: $input) ${PAYLOAD} }`;
export const RESOLVE = `mutation ($input: ResolveCommentInput!) { act: resolveComment(input: $input) ${PAYLOAD} }`;
export const DELETE = `mutation ($input: DeleteCommentInput!) { act: deleteComment(input: $input) ${PAYLOAD} }`;

/** Those who talk in a newsroom; contributors, where no role is given. */
export function talkIn(room: TestNewsroom) {
  const act = async (mutation: string, input: Input, role: Role): Promise<Answer> =>
    (await room.as(role).run(mutation, { input })).act;
  const comment = (input: Input, role: Role = 'CONTRIBUTOR') => act(COMMENT, input, role);
  return {
    comment,
    resolve: (input: Input, role: Role = 'CONTRIBUTOR') => act(RESOLVE, input, role),
    remove: (id: string, role: Role = 'CONTRIBUTOR') => act(DELETE, { id }, role),
    /** Says something that must be taken, and gives its id. */
    say: async (entry: string, body: string, more: Input = {}, role: Role = 'CONTRIBUTOR'): Promise<string> => {
      const { comment: made, problems } = await comment({ entry, body, ...more }, role);
      if (!made) throw new Error(JSON.stringify(problems));
      return made.id;
    },
  };
}
