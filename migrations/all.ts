import { TheNewsroom1700000000001 } from './0001-the-newsroom';
import { TakingBack1700000000002 } from './0002-taking-back';
import { ReviewAndTalk1700000000003 } from './0003-review-and-talk';
import { TimeTravel1700000000004 } from './0004-time-travel';
import { Merging1700000000005 } from './0005-merging';
import { Following1700000000006 } from './0006-following';

/** Every migration, oldest first. Append, one a line; never change one that has been released. */
// prettier-ignore
export const MIGRATIONS = [
  TheNewsroom1700000000001,
  TakingBack1700000000002,
  ReviewAndTalk1700000000003,
  TimeTravel1700000000004,
  Merging1700000000005,
  Following1700000000006,
];
