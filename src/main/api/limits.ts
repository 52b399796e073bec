/** The largest body of a request that brings data, inflated. */
export const maxBodyBytes = 10_000_000;
/** The largest of any other: it is read where all requests are answered, and holds them up for some milliseconds at most. */
export const smallBodyBytes = 1_000_000;
