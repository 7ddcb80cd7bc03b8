/** The size of the small grey pictures that are judged and looked through for motion, pixels. */
export const greyWidth = 320;
export const greyHeight = 180;
