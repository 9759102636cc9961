-- What a bank builds instead of a ledger: the same transfer (split, offer, parent links) as stored functions.
CREATE TABLE parties (id text PRIMARY KEY, key bytea NOT NULL, status text NOT NULL DEFAULT 'active');
CREATE TABLE bills (id text PRIMARY KEY, debtor text NOT NULL, face bigint NOT NULL, currency text NOT NULL);
CREATE TABLE tokens (
    id text PRIMARY KEY,
    bill text NOT NULL REFERENCES bills,
    lo bigint NOT NULL,
    hi bigint NOT NULL,
    holder text NOT NULL REFERENCES parties,
    offered_to text NOT NULL DEFAULT '',
    tier int NOT NULL,
    parent text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'live'
);
CREATE INDEX tokens_by_holder ON tokens (holder, status);
CREATE INDEX tokens_by_bill ON tokens (bill);
-- every signed request is kept, and none works twice
CREATE TABLE requests (
    nonce bytea PRIMARY KEY,
    party text NOT NULL,
    body bytea NOT NULL,
    signature bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE events (number bigserial PRIMARY KEY, token text NOT NULL, topic text NOT NULL, party text NOT NULL);

CREATE FUNCTION transfer(
    p_nonce bytea, p_party text, p_token text, p_recipient text, p_amount bigint, p_body bytea, p_signature bytea
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    old tokens;
    offered text := 'T' || substr(encode(sha256(p_nonce || 'offered'), 'hex'), 1, 18);
    kept text := 'T' || substr(encode(sha256(p_nonce || 'kept'), 'hex'), 1, 18);
BEGIN
    INSERT INTO requests (nonce, party, body, signature) VALUES (p_nonce, p_party, p_body, p_signature);
    PERFORM 1 FROM parties WHERE id = p_recipient AND status = 'active';
    IF NOT FOUND THEN RAISE EXCEPTION 'recipient_unknown'; END IF;
    SELECT * INTO old FROM tokens WHERE id = p_token FOR UPDATE;
    IF NOT FOUND OR old.holder <> p_party OR old.status <> 'live' OR old.offered_to <> '' THEN
        RAISE EXCEPTION 'token_not_free';
    END IF;
    IF p_amount <= 0 OR p_amount >= old.hi - old.lo THEN RAISE EXCEPTION 'amount'; END IF;
    UPDATE tokens SET status = 'split' WHERE id = old.id;
    INSERT INTO tokens (id, bill, lo, hi, holder, offered_to, tier, parent) VALUES
        (offered, old.bill, old.lo, old.lo + p_amount, p_party, p_recipient, old.tier, old.id),
        (kept, old.bill, old.lo + p_amount, old.hi, p_party, '', old.tier, old.id);
    INSERT INTO events (token, topic, party) VALUES (offered, 'offered', p_party), (kept, 'split', p_party);
    RETURN offered;
END $$;

CREATE FUNCTION transfer_many(
    p_nonces bytea[], p_parties text[], p_tokens text[], p_recipients text[], p_amounts bigint[], p_bodies bytea[],
    p_signatures bytea[]
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    made text[] := '{}';
BEGIN
    FOR n IN 1 .. array_length(p_nonces, 1) LOOP
        made := made || transfer(
            p_nonces[n], p_parties[n], p_tokens[n], p_recipients[n], p_amounts[n], p_bodies[n], p_signatures[n]
        );
    END LOOP;
    RETURN made;
END $$;
