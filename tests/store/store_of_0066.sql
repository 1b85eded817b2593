-- A store of revision 0066, from before channels were values: made by that version itself, at 2026-10-07 10:00 UTC.
BEGIN TRANSACTION;
CREATE TABLE acknowledgements (
	number INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0066');
CREATE TABLE alerts (
	goal VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (goal, kind, subject)
);
INSERT INTO "alerts" VALUES('fast','blocked','SHOP-77','{"goal":"fast","kind":"blocked","subject":"SHOP-77","state":"firing","severity":"alert","signal":{"goal":"fast","kind":"blocked","subject":"SHOP-77","severity":"alert","headline":"blocked SHOP-77","since":null,"evidence":[],"questions":[],"level":1,"people":[]},"first_seen":"2026-10-07T10:00:00Z","last_seen":"2026-10-07T10:00:00Z","episode":"2026-10-07T10:00:00+00:00","seen":3,"missed":0,"fired_at":"2026-10-07T10:00:00Z","opened_at":"2026-10-07T10:00:00Z","resolved_at":null,"told":1,"told_at":"2026-10-07T10:00:00Z","commented":1,"readings":[{"person":"dana","level":1,"at":"2026-10-07T10:00:00Z","ways":["email","comments","team"],"asked":0,"owed":null,"reason":{"kind":"first judged","who":"","until":null,"count":0,"subject":"","text":""}}],"reminded":0,"escalated":0,"escalated_at":null,"flips":["2026-10-07T10:00:00Z"],"unstable":false,"reason":{"kind":"first judged","who":"","until":null,"count":0,"subject":"","text":""}}');
CREATE TABLE answers (
	origin VARCHAR NOT NULL, 
	ask VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	door VARCHAR NOT NULL, 
	known VARCHAR NOT NULL, 
	late BOOLEAN NOT NULL, 
	takes_back VARCHAR, 
	data TEXT NOT NULL, 
	PRIMARY KEY (origin)
);
CREATE TABLE asks (
	id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	opens BIGINT NOT NULL, 
	closes BIGINT NOT NULL, 
	withdrawn BIGINT, 
	data TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE asks_told (
	ask VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	step VARCHAR NOT NULL, 
	PRIMARY KEY (ask, person, at, step)
);
CREATE TABLE assessments (
	goal VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	inputs VARCHAR NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (goal)
);
CREATE TABLE census (
	source VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	PRIMARY KEY (source, id)
);
CREATE TABLE changes (
	source VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	item VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	field VARCHAR NOT NULL, 
	"before" TEXT, 
	"after" TEXT, 
	"by" VARCHAR, 
	PRIMARY KEY (source, id)
);
CREATE TABLE commands (
	source VARCHAR NOT NULL, 
	comment VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (source, comment)
);
CREATE TABLE decisions (
	number INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	goal VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	audience VARCHAR NOT NULL, 
	told BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "decisions" VALUES(1,1791367200000000,'fast','blocked','SHOP-77','dana on jira SHOP-12',1,'{"kind":"first judged"}');
INSERT INTO "decisions" VALUES(2,1791367200000000,'fast','blocked','SHOP-77','dana by mail',1,'{"kind":"first judged"}');
INSERT INTO "decisions" VALUES(3,1791367200000000,'fast','blocked','SHOP-77','dana in chat team',1,'{"kind":"first judged"}');
CREATE TABLE heard (
	source VARCHAR NOT NULL, 
	item_key VARCHAR NOT NULL, 
	updated BIGINT NOT NULL, 
	PRIMARY KEY (source, item_key)
);
CREATE TABLE items (
	source VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	container VARCHAR NOT NULL, 
	updated BIGINT NOT NULL, 
	data TEXT NOT NULL, removed BIGINT, name VARCHAR DEFAULT '' NOT NULL, address VARCHAR DEFAULT '' NOT NULL, place VARCHAR DEFAULT '' NOT NULL, created BIGINT DEFAULT '0' NOT NULL, delivered BIGINT, points FLOAT, 
	PRIMARY KEY (source, id)
);
CREATE TABLE judged (
	goal VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	health VARCHAR NOT NULL, better_since BIGINT, 
	PRIMARY KEY (goal)
);
INSERT INTO "judged" VALUES('fast',1791367200000000,'on track',NULL);
CREATE TABLE known_goals (
	goal VARCHAR NOT NULL, 
	taken_over BOOLEAN NOT NULL, 
	PRIMARY KEY (goal)
);
INSERT INTO "known_goals" VALUES('fast',0);
CREATE TABLE mailboxes (
	name VARCHAR NOT NULL, 
	cursor TEXT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE marks (
	source VARCHAR NOT NULL, 
	field VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	item VARCHAR NOT NULL, 
	PRIMARY KEY (source, field, value, item)
)
 WITHOUT ROWID

;
CREATE TABLE misheard (
	words VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (words)
);
CREATE TABLE outbox (
	"key" VARCHAR NOT NULL, 
	channel VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	message TEXT NOT NULL, 
	digest VARCHAR NOT NULL, 
	delivered_digest VARCHAR, 
	external_id VARCHAR, 
	created BIGINT NOT NULL, 
	frozen BIGINT NOT NULL, 
	delivered BIGINT, 
	attempts INTEGER NOT NULL, 
	next_attempt BIGINT NOT NULL, 
	error TEXT, problem VARCHAR, reported BIGINT, instead_of VARCHAR, 
	PRIMARY KEY ("key")
);
INSERT INTO "outbox" VALUES('alert/fast/4d8752f9/chat/team','team','waiting','{"key":"alert/fast/4d8752f9/chat/team","kind":"alert","channel":"team","payload":{"body":"Where the goal stands:\n\n- Health: On track\n- Progress: 50% done, 50% expected by now\n- Due: 18 Dec\n\nHow to answer:\n\nIn a comment on SHOP-12:\n\n- “sync-agent ack” and a few words: somebody is on it, and the reminders stop.\n- “sync-agent silence 3d” and a reason: nobody is told about this goal for three days.\n- Any other comment is for the people on the issue; the agent does not act on it.\n\nWhy you got this: it was there when the goal was first judged. You are listed as a goal owner. Sent by the goal sync agent of Example.\n","subject":"Goals: Objective fast: blocked SHOP-77, due 18 Dec","html":null,"picture":null},"reason":{"kind":"first judged","who":"","until":null,"count":0,"subject":"","text":""},"goal":"fast","person":"dana","place":null,"address":null,"edits":false,"thread":"goal/fast/blocked/SHOP-77/2026-10-07T10:00:00+00:00","gist":null}','1b40b313e7487866b0893e8bbe95eb070e12ea3c755b107aafcaf8d7601b607e',NULL,NULL,1791367200000000,1791367200000000,NULL,1,1791367260000000,'no answer',NULL,NULL,NULL);
INSERT INTO "outbox" VALUES('alert/fast/4d8752f9/jira/SHOP-12','jira','delivered','{"key":"alert/fast/4d8752f9/jira/SHOP-12","kind":"alert","channel":"jira","payload":{"body":"@acc-dana **Objective fast: blocked SHOP\\-77, due 18 Dec**\n\n### Where the goal stands\n\n- **Health**: On track\n- **Progress**: 50% done, 50% expected by now\n- **Due**: 18 Dec\n\n### How to answer\n\nIn a comment here:\n\n- `sync-agent ack` and a few words: somebody is on it, and the reminders stop\\.\n- `sync-agent silence 3d` and a reason: nobody is told about this goal for three days\\.\n- Any other comment is for the people on the issue; the agent does not act on it\\.\n","subject":null,"html":null,"picture":null},"reason":{"kind":"first judged","who":"","until":null,"count":0,"subject":"","text":""},"goal":"fast","person":null,"place":{"source":"jira","key":"SHOP-12"},"address":null,"edits":false,"thread":"goal/fast/blocked/SHOP-77/2026-10-07T10:00:00+00:00","gist":null}','727a7d18c5be105d00f9f6ba24207c5613b20ad75e9ff6a81c056cac5cf62916','727a7d18c5be105d00f9f6ba24207c5613b20ad75e9ff6a81c056cac5cf62916','1',1791367200000000,1791367200000000,1791367200000000,1,1791367260000000,NULL,NULL,NULL,NULL);
INSERT INTO "outbox" VALUES('alert/fast/4d8752f9/mail/dana','email','waiting','{"key":"alert/fast/4d8752f9/mail/dana","kind":"alert","channel":"email","payload":{"body":"Objective fast: blocked SHOP-77, due 18 Dec\n\nWhere the goal stands\n---------------------\n\nHealth    On track\nProgress  50% done, 50% expected by now\nDue       18 Dec\n\nHow to answer\n-------------\n\nIn a comment on SHOP-12:\n\n* “sync-agent ack” and a few words: somebody is on it, and the reminders stop.\n* “sync-agent silence 3d” and a reason: nobody is told about this goal for\n  three days.\n* Any other comment is for the people on the issue; the agent does not act on\n  it.\n\n-- \nWhy you got this: it was there when the goal was first judged. You are listed\nas a goal owner. Sent by the goal sync agent of Example.\n","subject":"[Goals] Objective fast: blocked SHOP-77, due 18 Dec","html":"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>Objective fast: blocked SHOP-77, due 18 Dec</title>\n<style>\n@media (prefers-color-scheme: dark) {\n  .page { background: #111418 !important }\n  .card { background: #1c2126 !important; border-left-color: #3a424b !important;\n    border-right-color: #3a424b !important; border-bottom-color: #3a424b !important }\n  .ink { color: #e6eaee !important }\n  .quiet { color: #a9b3bd !important }\n  .line { border-color: #3a424b !important }\n  a { color: #8ab4f8 !important }\n}\n@media (max-width: 620px) { .pad { padding-left: 16px !important; padding-right: 16px !important } }\n</style></head>\n<body class=\"page\" style=\"margin:0;padding:0;background:#f4f5f7\">\n<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"background:#f4f5f7\">\n<tr><td align=\"center\" style=\"padding:24px 8px\">\n<table role=\"presentation\" class=\"card\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"width:100%;max-width:600px;background:#ffffff;border:1px solid #d8dce1;border-top:4px solid #1a7f37\">\n<tr><td class=\"pad ink\" align=\"left\" style=\"padding:24px 32px;font-family:-apple-system,''Segoe UI'',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1f2328;word-break:break-word\">\n<h1 style=\"margin:0 0 12px;font-size:20px;line-height:1.35;font-weight:600\">Objective fast: blocked SHOP-77, due 18 Dec</h1>\n<h2 style=\"margin:24px 0 4px;font-size:16px;line-height:1.4\">Where the goal stands</h2>\n<table cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:16px 0;width:100%\"><tr><th class=\"quiet line\" scope=\"row\" align=\"left\" width=\"130\" style=\"padding:6px 0;border-top:1px solid #d8dce1;font-family:-apple-system,''Segoe UI'',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.4;vertical-align:top;font-weight:400;color:#57606a\">Health</th><td class=\"ink line\" style=\"padding:6px 0;border-top:1px solid #d8dce1;font-family:-apple-system,''Segoe UI'',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.4;vertical-align:top;color:#1f2328\">On track</td></tr><tr><th class=\"quiet line\" scope=\"row\" align=\"left\" width=\"130\" style=\"padding:6px 0;border-top:1px solid #d8dce1;font-family:-apple-system,''Segoe UI'',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.4;vertical-align:top;font-weight:400;color:#57606a\">Progress</th><td class=\"ink line\" style=\"padding:6px 0;border-top:1px solid #d8dce1;font-family:-apple-system,''Segoe UI'',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.4;vertical-align:top;color:#1f2328\">50% done, 50% expected by now</td></tr><tr><th class=\"quiet line\" scope=\"row\" align=\"left\" width=\"130\" style=\"padding:6px 0;border-top:1px solid #d8dce1;font-family:-apple-system,''Segoe UI'',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.4;vertical-align:top;font-weight:400;color:#57606a\">Due</th><td class=\"ink line\" style=\"padding:6px 0;border-top:1px solid #d8dce1;font-family:-apple-system,''Segoe UI'',Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.4;vertical-align:top;color:#1f2328\">18 Dec</td></tr></table>\n<h2 style=\"margin:24px 0 4px;font-size:16px;line-height:1.4\">How to answer</h2>\n<p style=\"margin:8px 0\">In a comment on SHOP-12:</p>\n<ul style=\"margin:8px 0;padding-left:20px\"><li style=\"margin:0 0 6px\"><code style=\"font-family:ui-monospace,Consolas,Menlo,monospace;font-size:15px;font-weight:600\">sync-agent ack</code> and a few words: somebody is on it, and the reminders stop.</li><li style=\"margin:0 0 6px\"><code style=\"font-family:ui-monospace,Consolas,Menlo,monospace;font-size:15px;font-weight:600\">sync-agent silence 3d</code> and a reason: nobody is told about this goal for three days.</li><li style=\"margin:0 0 6px\">Any other comment is for the people on the issue; the agent does not act on it.</li></ul>\n</td></tr>\n<tr><td class=\"pad quiet line\" align=\"left\" style=\"padding:16px 32px;border-top:1px solid #d8dce1;font-family:-apple-system,''Segoe UI'',Roboto,Helvetica,Arial,sans-serif;font-size:13px;line-height:1.5;color:#57606a\">\nWhy you got this: it was there when the goal was first judged. You are listed as a goal owner. Sent by the goal sync agent of Example.</td></tr>\n</table></td></tr></table></body></html>\n","picture":null},"reason":{"kind":"first judged","who":"","until":null,"count":0,"subject":"","text":""},"goal":"fast","person":"dana","place":null,"address":"dana@example.org","edits":false,"thread":"goal/fast/blocked/SHOP-77/2026-10-07T10:00:00+00:00","gist":null}','071c942c223083b18f2b8000c8941c39b65e607b07127373d76ba04c19cbaf02',NULL,'<alert/fast/4d8752f9/mail/dana@example.org>',1791367200000000,1791367200000000,NULL,1,1791367260000000,'down',NULL,NULL,NULL);
INSERT INTO "outbox" VALUES('status/fast/jira/SHOP-12','jira','delivered','{"key":"status/fast/jira/SHOP-12","kind":"status","channel":"jira","payload":{"body":"**On track: Objective fast**\n\n- **Owner**: Dana\n- **Progress**: 50% done, 50% expected by now\n- **Due**: 18 Dec\n\n### Why\n\n### Key results\n\n### Open problems\n\n- **Blocked SHOP\\-77**\n\nAs of 7 Oct; updated when something important changes, and for small changes once a week\\.\n","subject":null,"html":null,"picture":null},"reason":{"kind":"status","who":"","until":null,"count":0,"subject":"","text":""},"goal":"fast","person":null,"place":{"source":"jira","key":"SHOP-12"},"address":null,"edits":true,"thread":null,"gist":{"news":"3935c1338ed43727","rest":"1b74c9f5d0b7dd6d","progress":0.5,"ends":null}}','e1bdde8c9278aab7441727d42fd1dac389891df07bf366b9eeec7cdd9ad5a1e2','e1bdde8c9278aab7441727d42fd1dac389891df07bf366b9eeec7cdd9ad5a1e2','2',1791367200000000,1791367200000000,1791367200000000,1,1791367260000000,NULL,NULL,NULL,NULL);
CREATE TABLE outcomes (
	source VARCHAR NOT NULL, 
	container VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	box VARCHAR NOT NULL, 
	days_before INTEGER NOT NULL, 
	due DATE NOT NULL, 
	open INTEGER NOT NULL, 
	delivered INTEGER NOT NULL, 
	PRIMARY KEY (source, container, kind, box, days_before)
);
CREATE TABLE own_writes (
	source VARCHAR NOT NULL, 
	item_key VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (source, item_key, at)
);
INSERT INTO "own_writes" VALUES('jira','SHOP-12',1791367200000000);
CREATE TABLE queries (
	source VARCHAR NOT NULL, 
	"query" VARCHAR NOT NULL, 
	ids TEXT NOT NULL, 
	PRIMARY KEY (source, "query")
);
CREATE TABLE readings (
	source VARCHAR NOT NULL, 
	slot VARCHAR NOT NULL, 
	noted TEXT NOT NULL, 
	PRIMARY KEY (source, slot)
);
CREATE TABLE refusals (
	goal VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	why TEXT NOT NULL, 
	PRIMARY KEY (goal, person)
);
CREATE TABLE samples (
	kpi VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	value FLOAT NOT NULL, 
	PRIMARY KEY (kpi, at)
);
CREATE TABLE set_aside (
	source VARCHAR NOT NULL, 
	item VARCHAR NOT NULL, 
	changed VARCHAR NOT NULL, 
	release VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (source, item)
);
CREATE TABLE silences (
	id VARCHAR NOT NULL, 
	until BIGINT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE sources (
	source VARCHAR NOT NULL, 
	cursor TEXT, 
	state TEXT NOT NULL, census TEXT, 
	PRIMARY KEY (source)
);
CREATE TABLE timeboxes (
	source VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (source, kind, id)
);
CREATE TABLE touched (
	number INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	item VARCHAR NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE tried_forecasts (
	source VARCHAR NOT NULL, 
	container VARCHAR NOT NULL, 
	day DATE NOT NULL, 
	horizon INTEGER NOT NULL, 
	over DATE NOT NULL, 
	half FLOAT, 
	sure FLOAT, 
	usual FLOAT, 
	PRIMARY KEY (source, container, day, horizon)
);
CREATE TABLE unconfirmed (
	origin VARCHAR NOT NULL, 
	ask VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	door VARCHAR NOT NULL, 
	known VARCHAR NOT NULL, 
	late BOOLEAN NOT NULL, 
	takes_back VARCHAR, 
	data TEXT NOT NULL, 
	PRIMARY KEY (origin)
);
CREATE TABLE unsubscribed (
	person VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (person, subject)
);
CREATE TABLE upkeep (
	work VARCHAR NOT NULL, 
	day DATE NOT NULL, 
	PRIMARY KEY (work)
);
CREATE TABLE writes (
	number INTEGER NOT NULL, 
	host VARCHAR NOT NULL, 
	place VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "writes" VALUES(1,'tracker.example.org','SHOP-12',1791367200000000);
INSERT INTO "writes" VALUES(2,'tracker.example.org','SHOP-12',1791367200000000);
CREATE INDEX changes_by_item ON changes (source, item, at);
CREATE INDEX decisions_by_goal ON decisions (goal, number);
CREATE INDEX items_by_container ON items (source, container);
CREATE INDEX outbox_by_state ON outbox (state, next_attempt);
CREATE INDEX outbox_by_instead_of ON outbox (instead_of);
CREATE INDEX writes_by_host ON writes (host, at);
CREATE INDEX marks_by_item ON marks (source, item);
CREATE INDEX items_by_name ON items (name, source);
CREATE INDEX items_by_address ON items (address);
CREATE INDEX items_by_delivery ON items (source, place, removed, delivered);
CREATE INDEX items_by_creation ON items (source, place, removed, created);
CREATE INDEX outcomes_by_due ON outcomes (days_before, due);
CREATE INDEX outbox_by_creation ON outbox (created);
CREATE INDEX asks_by_close ON asks (closes);
CREATE INDEX answers_by_time ON answers (at);
CREATE INDEX answers_by_subject ON answers (topic, subject, at);
CREATE INDEX answers_by_person ON answers (person, at);
COMMIT;
