/** Where a new dataset is made. No name of a dataset begins so: a dataset called `new` has its own page. */
export const builderPath = '/datasets/_new';
