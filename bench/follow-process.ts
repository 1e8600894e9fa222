import { Followers } from './follow-load';
import type { FollowAnswer, FollowAsk } from './processes';

// The process of the subscribers, so that they take nothing from anybody's event loop. Orders come and results go over IPC.
const followers = new Followers();
const answer = (what: FollowAnswer): void => void process.send?.(what);

async function act(asked: FollowAsk): Promise<FollowAnswer> {
  if ('open' in asked) await followers.open(asked.open);
  else if ('hear' in asked)
    return { is: 'heard', result: await followers.hear(asked.hear, () => answer({ is: 'ready' })) };
  else followers.close();
  return { is: 'done' };
}

process.on('message', (asked: FollowAsk) => {
  act(asked).then(answer, (error: Error) => answer({ is: 'failed', error: error.message }));
});
