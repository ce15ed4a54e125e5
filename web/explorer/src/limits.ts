/** Every limit of the page, with what happens at it. */
export const Limits = {
  /** Newest blocks kept by the live list; older ones are dropped and read again when asked for. */
  liveBlocksMax: 500,
  /** Blocks read at first, and per request while a gap is filled. */
  livePageSize: 50,
  /** Rows of one list; after that the list offers no further page. */
  listRowsMax: 2000,
  /** Rows per request of a list. */
  listPageSize: 50,
  /** Answers remembered for reading while the node is away; the oldest goes first. */
  rememberedMax: 600,
  /** A request without an answer is given up after this, in ms. */
  requestTimeoutMs: 10_000,
  /** A stream that once said `alive` and is silent for this long is opened anew, in ms. */
  streamSilenceMs: 30_000,
  /** First and longest wait before the stream is opened again, in ms; it doubles in between. */
  retryFirstMs: 500,
  retryLongestMs: 8_000,
  /** Failed attempts after which "reconnecting" becomes "offline". */
  attemptsUntilOffline: 3,
  /** The network's own record is read again at most this often while blocks come, in ms. */
  networkEveryMs: 5_000,
  /** A list that follows the chain is read again at most this often, in ms. */
  refreshEveryMs: 2_000,
  /** A proof that is not there yet is asked for again after this, in ms, or as the node says … */
  proofRetryMs: 1_000,
  /** … but no later than this. */
  proofRetryLongestMs: 10_000,
  /** Children of one node of a JSON tree shown at once; the rest is only counted. */
  treeChildrenMax: 200,
} as const;
