/** What the station's own analysis tells apart, in words. */
import { ObjectClass } from '#domain/object-class.ts';
import { t } from '../text/index.ts';

export const classWord = (cls: ObjectClass): string => t(`watching.class.${cls}`);
/** For choosing; a plate is not followed as a thing of its own. */
export const choosableClasses: readonly ObjectClass[] = ObjectClass.options.filter((c) => c !== 'plate');
