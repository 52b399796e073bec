import type { Review } from '../../../../shared/model/index.js';

export type ReviewPatch = Partial<Pick<Review, 'label' | 'rating' | 'tags' | 'note'>>;
