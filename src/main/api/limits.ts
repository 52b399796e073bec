/** The largest body of a request, inflated. */
export const maxBodyBytes = 10_000_000;
