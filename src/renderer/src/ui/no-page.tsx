import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { useTranslation } from '../text/index.ts';

/** In the place of a page that there is not, or not for this person: why, and the way back. */
export function NoPage({ why }: { why: string }) {
  const { t } = useTranslation();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{why}</h1>
      </div>
      <Button variant="default" component={Link} href="/">
        {t('app.verb.toWall')}
      </Button>
    </div>
  );
}
