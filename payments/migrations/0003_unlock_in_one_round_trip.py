"""The hot path: one statement from the service, so that the wallet is locked for as short as the server can."""

from django.db import migrations

# Returns {"outcome": ..., ...}; nothing is written unless the outcome is unlocked, already or free.
#   key_reused            the key answered another request
#   not_found             no such published episode of an active series
#   price_changed         price_coins
#   debt                  debt
#   shortfall             price_coins, paid, bonus, shortfall
#   unlocked already free answer: the stored document; replayed: whether the key had it before
UNLOCK = """
CREATE FUNCTION payments_unlock(
    _user_id bigint, _episode uuid, _expected_price int, _key text, _request_hash text, _now timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    purse payments_wallet%ROWTYPE;
    known payments_idempotencyrecord%ROWTYPE;
    _episode_id bigint;
    _price int;
    _usable_bonus bigint := 0;
    _entry_id bigint;
    _nth int;
    _from_bonus bigint := 0;
    _from_paid bigint := 0;
    _taken jsonb := '[]';
    _outcome text;
    _answer jsonb;
BEGIN
    -- The wallet first: every writer of this person's coins queues here, so that all that follows sees the last word.
    -- NO KEY, because rows that refer to the wallet must still be insertable meanwhile.
    SELECT * INTO purse FROM payments_wallet WHERE user_id = _user_id FOR NO KEY UPDATE;

    SELECT * INTO known FROM payments_idempotencyrecord WHERE user_id = _user_id AND key = _key;
    IF FOUND THEN
        IF known.request_hash <> _request_hash THEN
            RETURN jsonb_build_object('outcome', 'key_reused');
        END IF;
        RETURN jsonb_build_object('outcome', known.answer->>'status', 'answer', known.answer, 'replayed', true);
    END IF;

    SELECT e.id, rw_episode_price(e.number::int, e.price_coins::int, s.free_episodes::int, s.price_coins::int)
      INTO _episode_id, _price
      FROM catalog_episode e JOIN catalog_series s ON s.id = e.series_id
     WHERE e.uid = _episode AND e.status = 'published' AND s.status = 'active';
    IF NOT FOUND THEN
        RETURN jsonb_build_object('outcome', 'not_found');
    END IF;

    IF EXISTS (SELECT 1 FROM payments_entitlement
                WHERE user_id = _user_id AND episode_id = _episode_id AND revoked_at IS NULL) THEN
        _outcome := 'already';
    ELSIF _price <> _expected_price THEN
        RETURN jsonb_build_object('outcome', 'price_changed', 'price_coins', _price);
    ELSIF _price = 0 THEN
        _outcome := 'free';
    ELSE
        IF purse.debt > 0 THEN
            RETURN jsonb_build_object('outcome', 'debt', 'debt', purse.debt);
        END IF;
        IF purse.bonus > 0 THEN
            SELECT coalesce(sum(remaining), 0) INTO _usable_bonus FROM payments_coinlot
             WHERE wallet_id = purse.id AND open AND kind = 'bonus' AND expires_at > _now;
        END IF;
        IF coalesce(purse.paid, 0) + _usable_bonus < _price THEN
            RETURN jsonb_build_object('outcome', 'shortfall', 'price_coins', _price,
                'paid', coalesce(purse.paid, 0), 'bonus', _usable_bonus,
                'shortfall', _price - coalesce(purse.paid, 0) - _usable_bonus);
        END IF;

        -- The right before the charge: if some writer without the wallet's lock was first, nothing is taken.
        _entry_id := nextval(pg_get_serial_sequence('payments_entry', 'id'));
        INSERT INTO payments_entitlement AS held
               (user_id, episode_id, entry_id, source, grants, revoked_at, created_at, updated_at)
        VALUES (_user_id, _episode_id, _entry_id, 'coins', 1, NULL, _now, _now)
            ON CONFLICT (user_id, episode_id) DO UPDATE
               SET entry_id = excluded.entry_id, source = 'coins', grants = held.grants + 1,
                   revoked_at = NULL, updated_at = _now
             WHERE held.revoked_at IS NOT NULL
        RETURNING grants INTO _nth;
        _outcome := CASE WHEN FOUND THEN 'unlocked' ELSE 'already' END;
    END IF;

    IF _outcome = 'unlocked' THEN
        INSERT INTO payments_entry (id, uid, kind, idem, subject, episode_id, created_at)
        VALUES (_entry_id, gen_random_uuid(), 'unlock',
                'unlock:' || purse.subject || ':' || _episode_id || ':' || _nth, purse.subject, _episode_id, _now);

        -- Bonus by nearest expiry, then paid first-in first-out ("bonus" sorts before "paid"). The running total says
        -- how much of the price the lots before this one have covered.
        WITH queue AS (
            SELECT id, granted, remaining, net_micros,
                   sum(remaining) OVER (ORDER BY kind, expires_at, id) - remaining AS covered
              FROM payments_coinlot
             WHERE wallet_id = purse.id AND open AND (kind = 'paid' OR expires_at > _now)
        ), share AS (
            SELECT id, least(remaining, _price - covered)::bigint AS amount, granted - remaining AS used
              FROM queue WHERE covered < _price
        ), spent AS (
            UPDATE payments_coinlot lot SET remaining = lot.remaining - share.amount, updated_at = _now
              FROM share WHERE lot.id = share.id
            RETURNING lot.id, lot.kind, lot.channel, lot.expires_at, lot.granted, lot.net_micros,
                      share.amount, share.used
        ), traced AS (
            INSERT INTO payments_lotuse (lot_id, entry_id, amount, net_micros)
            SELECT id, _entry_id, amount,
                   div(net_micros::numeric * (used + amount), granted) - div(net_micros::numeric * used, granted)
              FROM spent
        )
        SELECT coalesce(sum(amount) FILTER (WHERE kind = 'bonus'), 0),
               coalesce(sum(amount) FILTER (WHERE kind = 'paid'), 0),
               jsonb_agg(jsonb_build_object('kind', kind, 'channel', channel, 'coins', amount,
                                            'expires_at', expires_at) ORDER BY kind, expires_at, id)
          INTO _from_bonus, _from_paid, _taken FROM spent;
        IF _from_bonus + _from_paid <> _price THEN
            RAISE EXCEPTION 'wallet % and its lots disagree', purse.id
                USING ERRCODE = 'XX001', HINT = 'Run manage.py ledger_audit.';
        END IF;

        INSERT INTO payments_posting (entry_id, account, asset, amount, subject)
        SELECT _entry_id, leg.account, leg.asset, leg.amount, leg.subject
          FROM (VALUES ('wallet', 'coin.bonus', -_from_bonus, purse.subject), ('spent', 'coin.bonus', _from_bonus, NULL),
                       ('wallet', 'coin.paid', -_from_paid, purse.subject), ('spent', 'coin.paid', _from_paid, NULL)
               ) AS leg (account, asset, amount, subject)
         WHERE leg.amount <> 0;
        UPDATE payments_wallet SET paid = paid - _from_paid, bonus = bonus - _from_bonus, updated_at = _now
         WHERE id = purse.id
        RETURNING * INTO purse;
        _usable_bonus := _usable_bonus - _from_bonus;
    ELSIF purse.bonus > 0 THEN
        SELECT coalesce(sum(remaining), 0) INTO _usable_bonus FROM payments_coinlot
         WHERE wallet_id = purse.id AND open AND kind = 'bonus' AND expires_at > _now;
    END IF;

    _answer := jsonb_build_object(
        'status', _outcome, 'episode', _episode, 'price_coins', _price,
        'charged', jsonb_build_object('bonus', _from_bonus, 'paid', _from_paid, 'total', _from_bonus + _from_paid),
        'taken', _taken,
        'balance', jsonb_build_object('paid', coalesce(purse.paid, 0), 'bonus', _usable_bonus,
                                      'total', coalesce(purse.paid, 0) + _usable_bonus,
                                      'debt', coalesce(purse.debt, 0)));
    INSERT INTO payments_idempotencyrecord (user_id, key, request_hash, answer, created_at)
    VALUES (_user_id, _key, _request_hash, _answer, _now) ON CONFLICT DO NOTHING;
    RETURN jsonb_build_object('outcome', _outcome, 'answer', _answer, 'replayed', false);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_balanced_and_append_only"),
        ("catalog", "0003_the_price_rule"),
    ]

    operations = [
        migrations.RunSQL(UNLOCK, "DROP FUNCTION payments_unlock(bigint, uuid, int, text, text, timestamptz);")
    ]
