/** What an agent said is for its owner's eyes alone, wherever it is written to. */
export const own = { flush: true, mode: 0o600 } as const;
