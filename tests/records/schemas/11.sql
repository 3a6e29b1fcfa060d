BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'kiosk','m001_first_records','2026-11-23 12:58:08.723010+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'kiosk','m002_clips_and_replays','2026-11-25 02:29:01.856655+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'kiosk','m003_exports','2026-11-25 02:47:02.789651+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'kiosk','m004_late_rows','2026-11-25 09:41:55.561813+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'kiosk','m005_doubts_and_names','2026-11-29 03:17:24.794980+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'kiosk','m006_settings_of_persons','2026-11-29 09:27:15.709021+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'kiosk','m007_closures','2026-11-29 20:15:25.172299+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'kiosk','m008_few_among_many','2026-11-30 07:48:16.753899+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'kiosk','m009_scores','2026-11-30 08:02:15.928773+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'kiosk','m010_standard_sets','2026-11-30 10:40:44.871521+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'kiosk','m011_asked_among_years','2026-11-30 11:41:59.203728+00:00');
CREATE TABLE "boots" (
   "boot_id" TEXT PRIMARY KEY NOT NULL,
   "ordinal" INTEGER NOT NULL,
   "first_ms" INTEGER NOT NULL,
   "last_ms" INTEGER NOT NULL
) STRICT;
INSERT INTO "boots" VALUES('boot-1',1,1000,9000);
CREATE TABLE "clips" (
   "session_id" TEXT NOT NULL,
   "step_order" INTEGER NOT NULL,
   "repetition" INTEGER NOT NULL,
   "file" TEXT NOT NULL,
   "size_bytes" INTEGER NOT NULL,
   "sha256" TEXT NOT NULL,
   "encrypted" INTEGER NOT NULL,
   "cut" INTEGER NOT NULL,
   "removed" TEXT NOT NULL,
   "revision" INTEGER NOT NULL,
   FOREIGN KEY ("session_id", "step_order") REFERENCES "steps"("session_id", "order"),
   PRIMARY KEY ("session_id", "step_order", "repetition")
) STRICT;
INSERT INTO "clips" VALUES('s1',0,0,'AB12/s1-0-0.mp4',120000,'abababababababababababababababababababababababababababababababab',0,0,'',1);
CREATE TABLE "clock_anchors" (
   "boot_id" TEXT NOT NULL,
   "t_boot_ms" INTEGER NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "source" TEXT NOT NULL,
   PRIMARY KEY ("boot_id", "t_boot_ms")
) STRICT;
INSERT INTO "clock_anchors" VALUES('boot-1',1000,'2026-03-02T08:00:00.000Z','ntp');
INSERT INTO "clock_anchors" VALUES('boot-1',9000,'2026-03-02T08:00:08.000Z','ntp');
CREATE TABLE "counters" (
   "name" TEXT PRIMARY KEY NOT NULL,
   "value" INTEGER NOT NULL
) STRICT;
INSERT INTO "counters" VALUES('seq',4);
INSERT INTO "counters" VALUES('run',284366886646500901);
INSERT INTO "counters" VALUES('token',6);
CREATE TABLE "doubts" (
   "patient_code" TEXT NOT NULL,
   "cause" TEXT NOT NULL,
   "confirmed_by" TEXT NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "revision" INTEGER NOT NULL,
   PRIMARY KEY ("patient_code", "cause")
) STRICT;
INSERT INTO "doubts" VALUES('AB12','kiosk.db.corrupt-1','','2026-03-02T08:00:00.000Z',1);
CREATE TABLE "erasures" (
   "seq_from" INTEGER PRIMARY KEY NOT NULL,
   "seq_to" INTEGER NOT NULL,
   "by" TEXT NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "revision" INTEGER NOT NULL
) STRICT;
CREATE TABLE "events" (
   "seq" INTEGER PRIMARY KEY NOT NULL,
   "boot_id" TEXT NOT NULL,
   "t_boot_ms" INTEGER NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "clock_status" TEXT NOT NULL,
   "level" TEXT NOT NULL,
   "code" TEXT NOT NULL,
   "detail_code" TEXT NOT NULL,
   "patient_code" TEXT NOT NULL
) STRICT;
INSERT INTO "events" VALUES(2,'boot-1',6000,'2026-03-02T08:00:05.000Z','ntp','notice','red_flag','','AB12');
INSERT INTO "events" VALUES(3,'boot-1',6000,'2026-03-02T08:00:05.000Z','ntp','fault','row_set_aside','steps','');
CREATE TABLE "exports" (
   "seq" INTEGER PRIMARY KEY NOT NULL,
   "package" TEXT NOT NULL,
   "selection" TEXT NOT NULL,
   "since_seq" INTEGER NOT NULL,
   "seq_to" INTEGER NOT NULL,
   "protection" TEXT NOT NULL,
   "rows_count" INTEGER NOT NULL,
   "size_bytes" INTEGER NOT NULL,
   "manifest_sha256" TEXT NOT NULL,
   "verified" INTEGER NOT NULL,
   "by" TEXT NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "revision" INTEGER NOT NULL
) STRICT;
INSERT INTO "exports" VALUES(1,'FK_NOSITE_FK-7Q2M_ALL_000001','ALL',0,3,'passphrase',6,22530,'7854b0ce39beb68b2e7220a4c6087ca05067b0b47a66c02d673d1b9c0666c22c',1,'therapist-1','2026-03-02T09:00:00.000Z',2);
CREATE TABLE "inbox" (
   "key" TEXT PRIMARY KEY NOT NULL,
   "patient_code" TEXT NOT NULL,
   "code" TEXT NOT NULL,
   "detail_code" TEXT NOT NULL,
   "seq" INTEGER NOT NULL REFERENCES "events"("seq"),
   "boot_id" TEXT NOT NULL,
   "t_boot_ms" INTEGER NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "clock_status" TEXT NOT NULL
) STRICT;
INSERT INTO "inbox" VALUES('flag:s1','AB12','red_flag','',2,'boot-1',6000,'2026-03-02T08:00:05.000Z','ntp');
CREATE TABLE "inbox_seen" (
   "slot" TEXT NOT NULL,
   "key" TEXT NOT NULL REFERENCES "inbox"("key"),
   PRIMARY KEY ("slot", "key")
) STRICT;
INSERT INTO "inbox_seen" VALUES('1','flag:s1');
CREATE TABLE "injections" (
   "patient_code" TEXT NOT NULL,
   "given_on" TEXT NOT NULL,
   "region" TEXT NOT NULL,
   "no_touch_until" TEXT NOT NULL,
   "by" TEXT NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "withdrawn" INTEGER NOT NULL,
   "revision" INTEGER NOT NULL,
   PRIMARY KEY ("patient_code", "given_on", "region")
) STRICT;
INSERT INTO "injections" VALUES('AB12','2026-02-01','cheeks','2026-02-15','1','2026-03-02T08:00:05.000Z',0,1);
CREATE TABLE "permissions" (
   "patient_code" TEXT NOT NULL,
   "item" TEXT NOT NULL,
   "value" TEXT NOT NULL,
   "by" TEXT NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "reason" TEXT NOT NULL,
   "revision" INTEGER NOT NULL,
   PRIMARY KEY ("patient_code", "item", "revision")
) STRICT;
INSERT INTO "permissions" VALUES('AB12','neck','yes','1','2026-03-02T08:00:05.000Z','reviewed',1);
INSERT INTO "permissions" VALUES('AB12','setting.sound.volume','3','nurse-1','2026-03-02T08:00:06.000Z','',1);
CREATE TABLE "person_changes" (
   "patient_code" TEXT PRIMARY KEY NOT NULL,
   "seq" INTEGER NOT NULL
) STRICT;
INSERT INTO "person_changes" VALUES('AB12',3);
INSERT INTO "person_changes" VALUES('CD34',3);
CREATE TABLE "persons" (
   "patient_code" TEXT NOT NULL,
   "revision" INTEGER NOT NULL,
   "valid_from_utc" TEXT NOT NULL,
   "stage" TEXT NOT NULL,
   "affected_side" TEXT NOT NULL,
   "onset_band" TEXT NOT NULL,
   "cause" TEXT NOT NULL,
   "one_hand" INTEGER NOT NULL,
   "reviewed_by" TEXT NOT NULL,
   "profile" TEXT NOT NULL, digest TEXT NOT NULL DEFAULT '',
   PRIMARY KEY ("patient_code", "revision")
) STRICT;
INSERT INTO "persons" VALUES('AB12',1,'2026-03-02T08:00:00.000Z','paretic','left','3_to_6_months','bell',0,'','{"code": "AB12"}','');
INSERT INTO "persons" VALUES('CD34',1,'2026-03-02T08:00:00.000Z','','','','',0,'','{"code":"CD34"}','939355e00b6e3a0e');
CREATE TABLE "pin_tries" (
   "slot" TEXT PRIMARY KEY NOT NULL,
   "tries" INTEGER NOT NULL,
   "lock_ms" INTEGER NOT NULL,
   "lock_boot_id" TEXT NOT NULL,
   "lock_from_boot_ms" INTEGER NOT NULL
) STRICT;
INSERT INTO "pin_tries" VALUES('1',2,0,'',0);
CREATE TABLE "ratings" (
   "session_id" TEXT NOT NULL REFERENCES "sessions"("session_id"),
   "item" TEXT NOT NULL,
   "value" REAL NOT NULL,
   "unit" TEXT NOT NULL,
   "revision" INTEGER NOT NULL,
   PRIMARY KEY ("session_id", "item")
) STRICT;
INSERT INTO "ratings" VALUES('s1','pain-before',1.0,'0_3',1);
CREATE TABLE "repetitions" (
   "session_id" TEXT NOT NULL,
   "step_order" INTEGER NOT NULL,
   "repetition" INTEGER NOT NULL,
   "t_boot_ms" INTEGER NOT NULL,
   "hold_s" REAL NOT NULL,
   "excursion_left_mm" REAL,
   "excursion_right_mm" REAL,
   "symmetry_ratio" REAL,
   "onset_lag_ms" INTEGER,
   "peak_speed_mm_s" REAL,
   "linked_movement" TEXT NOT NULL,
   "quality" TEXT NOT NULL,
   "quality_reason" TEXT NOT NULL,
   "revision" INTEGER NOT NULL, closure_left_ratio REAL, closure_right_ratio REAL,
   FOREIGN KEY ("session_id", "step_order") REFERENCES "steps"("session_id", "order"),
   PRIMARY KEY ("session_id", "step_order", "repetition")
) STRICT;
INSERT INTO "repetitions" VALUES('s1',0,0,2000,3.0,NULL,NULL,NULL,NULL,NULL,'','','',1,NULL,NULL);
INSERT INTO "repetitions" VALUES('s1',0,1,4000,3.0,NULL,NULL,NULL,NULL,NULL,'','','',1,0.62,0.97);
INSERT INTO "repetitions" VALUES('s-set-1',0,0,2000,3.0,NULL,NULL,NULL,NULL,NULL,'','','',1,NULL,NULL);
CREATE TABLE "replays" (
   "session_id" TEXT NOT NULL,
   "step_order" INTEGER NOT NULL,
   "repetition" INTEGER NOT NULL,
   "points" BLOB NOT NULL,
   FOREIGN KEY ("session_id", "step_order", "repetition") REFERENCES "repetitions"("session_id", "step_order", "repetition"),
   PRIMARY KEY ("session_id", "step_order", "repetition")
) STRICT;
INSERT INTO "replays" VALUES('s1',0,0,X'6B72703104001113AF6878DA6358B0600103109C628080519A747A03030290A3DF8342FDEB29D4EF4EA1FE91488F8281058C23DCFEA1060081085125');
CREATE TABLE "scores" (
   "patient_code" TEXT NOT NULL,
   "scale" TEXT NOT NULL,
   "scored_on" TEXT NOT NULL,
   "by" TEXT NOT NULL,
   "scale_version" INTEGER NOT NULL,
   "value" REAL,
   "lowest" REAL,
   "highest" REAL,
   "smallest_change" REAL,
   "answers" TEXT NOT NULL,
   "entered_by" TEXT NOT NULL,
   "wall_utc" TEXT NOT NULL,
   "withdrawn" INTEGER NOT NULL,
   "revision" INTEGER NOT NULL,
   PRIMARY KEY ("patient_code", "scale", "scored_on", "by")
) STRICT;
INSERT INTO "scores" VALUES('AB12','face-total','2026-03-01','1',1,62.5,0.0,100.0,17.6,'','1','2026-03-02T08:00:06.000Z',0,1);
CREATE TABLE "session_changes" (
   "session_id" TEXT PRIMARY KEY NOT NULL,
   "seq" INTEGER NOT NULL
) STRICT;
INSERT INTO "session_changes" VALUES('s1',3);
INSERT INTO "session_changes" VALUES('s-set-1',4);
CREATE TABLE "sessions" (
   "session_id" TEXT PRIMARY KEY NOT NULL,
   "resumes_session_id" TEXT REFERENCES "sessions"("session_id"),
   "patient_code" TEXT NOT NULL,
   "seq" INTEGER NOT NULL,
   "programme" TEXT NOT NULL,
   "programme_version" INTEGER NOT NULL,
   "boot_id" TEXT NOT NULL,
   "start_boot_ms" INTEGER NOT NULL,
   "end_boot_ms" INTEGER,
   "start_utc" TEXT NOT NULL,
   "end_utc" TEXT,
   "clock_status" TEXT NOT NULL,
   "wall_uncertainty_s" REAL,
   "tz" TEXT NOT NULL,
   "utc_offset_min" INTEGER,
   "planned_steps_count" INTEGER NOT NULL,
   "done_steps_count" INTEGER NOT NULL,
   "active_duration_s" REAL NOT NULL,
   "pause_duration_s" REAL NOT NULL,
   "end_reason" TEXT,
   "stop_reason" TEXT NOT NULL,
   "view_mode" TEXT NOT NULL,
   "camera_used" INTEGER NOT NULL,
   "clip_consent" INTEGER NOT NULL,
   "pain_before_0_3" INTEGER,
   "pain_after_0_3" INTEGER,
   "tiredness_0_3" INTEGER,
   "stage" TEXT NOT NULL,
   "affected_side" TEXT NOT NULL,
   "app_version" TEXT NOT NULL,
   "revision" INTEGER NOT NULL
) STRICT;
INSERT INTO "sessions" VALUES('s1',NULL,'AB12',1,'relax',0,'boot-1',1000,6000,'2026-03-02T08:00:00.000Z','2026-03-02T08:00:05.000Z','ntp',1.0,'Europe/Berlin',60,2,1,0.0,0.0,'stopped','tired','feel',0,0,NULL,NULL,NULL,'','','0.1.0',4);
INSERT INTO "sessions" VALUES('s-set-1',NULL,'CD34',4,'standard-set',0,'boot-1',9000,209000,'2026-03-02T08:00:08.000Z','2026-03-02T08:03:28.000Z','ntp',1.0,'',NULL,0,0,0.0,0.0,'completed','','',0,0,NULL,NULL,NULL,'','','',1);
CREATE TABLE "set_aside" (
   "id" INTEGER PRIMARY KEY NOT NULL,
   "table_name" TEXT NOT NULL,
   "content" TEXT NOT NULL,
   "reason" TEXT NOT NULL,
   "boot_id" TEXT NOT NULL,
   "t_boot_ms" INTEGER NOT NULL
) STRICT;
INSERT INTO "set_aside" VALUES(1,'steps','{"session_id": "gone", "order": 0, "exercise": "jaw-soft", "region": "", "side": "", "planned_repetitions_count": 0, "done_repetitions_count": 0, "hold_target_s": 0.0, "skipped": false, "skip_reason": "", "start_boot_ms": null, "end_boot_ms": null, "revision": 0}','SQLITE_CONSTRAINT_FOREIGNKEY','boot-1',6000);
CREATE TABLE "set_items" (
   "session_id" TEXT NOT NULL REFERENCES "sessions"("session_id"),
   "item" TEXT NOT NULL,
   "asked" INTEGER NOT NULL,
   "not_asked_reason" TEXT NOT NULL,
   "step_order" INTEGER,
   "repetition" INTEGER,
   "excursion_left_mm" REAL,
   "excursion_right_mm" REAL,
   "symmetry_ratio" REAL,
   "closure_left_ratio" REAL,
   "closure_right_ratio" REAL,
   "linked_movement" TEXT NOT NULL,
   "quality" TEXT NOT NULL,
   "quality_reason" TEXT NOT NULL,
   "lines" TEXT NOT NULL,
   "by" TEXT NOT NULL,
   "revision" INTEGER NOT NULL,
   PRIMARY KEY ("session_id", "item")
) STRICT;
INSERT INTO "set_items" VALUES('s-set-1','rest',1,'',0,0,NULL,NULL,NULL,NULL,NULL,'','','','f1/-48,120:0,118:48,121/-100,-4:-60,-3','therapist-1',1);
INSERT INTO "set_items" VALUES('s-set-1','smile',1,'',1,1,1.5,4.25,0.353,NULL,NULL,'','good','','','therapist-1',1);
INSERT INTO "set_items" VALUES('s-set-1','brow',0,'not-ticked',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','','therapist-1',1);
CREATE TABLE "staff" (
   "slot" TEXT PRIMARY KEY NOT NULL,
   "role" TEXT NOT NULL,
   "label" TEXT NOT NULL,
   "pin_salt" TEXT NOT NULL,
   "pin_hash" TEXT NOT NULL
) STRICT;
INSERT INTO "staff" VALUES('1','therapist','Therapist 1','00ff','abcd');
CREATE TABLE "state" (
   "key" TEXT PRIMARY KEY NOT NULL,
   "value" TEXT NOT NULL
) STRICT;
INSERT INTO "state" VALUES('device_id','FK-7Q2M');
CREATE TABLE "steps" (
   "session_id" TEXT NOT NULL REFERENCES "sessions"("session_id"),
   "order" INTEGER NOT NULL,
   "exercise" TEXT NOT NULL,
   "region" TEXT NOT NULL,
   "side" TEXT NOT NULL,
   "planned_repetitions_count" INTEGER NOT NULL,
   "done_repetitions_count" INTEGER NOT NULL,
   "hold_target_s" REAL NOT NULL,
   "skipped" INTEGER NOT NULL,
   "skip_reason" TEXT NOT NULL,
   "start_boot_ms" INTEGER,
   "end_boot_ms" INTEGER,
   "revision" INTEGER NOT NULL,
   PRIMARY KEY ("session_id", "order")
) STRICT;
INSERT INTO "steps" VALUES('s1',0,'jaw-soft','','',2,2,0.0,0,'',2000,5000,1);
INSERT INTO "steps" VALUES('s-set-1',0,'jaw-soft','','',0,0,0.0,0,'',NULL,NULL,1);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE UNIQUE INDEX "idx_sessions_seq"
    ON "sessions" ("seq");
CREATE INDEX "idx_sessions_patient_code_seq"
    ON "sessions" ("patient_code", "seq");
CREATE INDEX "idx_sessions_resumes_session_id"
    ON "sessions" ("resumes_session_id");
CREATE TRIGGER sessions_begun AFTER INSERT ON sessions BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 9223372036854775807)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq; END;
CREATE TRIGGER sessions_changed AFTER UPDATE ON sessions BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 9223372036854775807)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq; END;
CREATE TRIGGER clips_changed AFTER UPDATE ON clips BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 9223372036854775807)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq; END;
CREATE TRIGGER clips_come AFTER INSERT ON clips BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER ratings_come AFTER INSERT ON ratings BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER ratings_changed AFTER UPDATE ON ratings BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER steps_come AFTER INSERT ON steps BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER steps_changed AFTER UPDATE ON steps BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER repetitions_come AFTER INSERT ON repetitions BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER repetitions_changed AFTER UPDATE ON repetitions BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER replays_come AFTER INSERT ON replays BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER replays_changed AFTER UPDATE ON replays BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER persons_come AFTER INSERT ON persons BEGIN INSERT INTO person_changes (patient_code, seq) VALUES (new.patient_code, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (patient_code) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER persons_changed AFTER UPDATE ON persons BEGIN INSERT INTO person_changes (patient_code, seq) VALUES (new.patient_code, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (patient_code) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER permissions_come AFTER INSERT ON permissions BEGIN INSERT INTO person_changes (patient_code, seq) VALUES (new.patient_code, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (patient_code) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER permissions_changed AFTER UPDATE ON permissions BEGIN INSERT INTO person_changes (patient_code, seq) VALUES (new.patient_code, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (patient_code) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER injections_come AFTER INSERT ON injections BEGIN INSERT INTO person_changes (patient_code, seq) VALUES (new.patient_code, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (patient_code) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER injections_changed AFTER UPDATE ON injections BEGIN INSERT INTO person_changes (patient_code, seq) VALUES (new.patient_code, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (patient_code) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE INDEX sessions_running ON sessions (seq) WHERE end_reason IS NULL;
CREATE INDEX events_audit ON events (seq) WHERE level = 'audit';
CREATE INDEX events_entered ON events (detail_code, seq) WHERE code = 'staff.entered';
CREATE TRIGGER scores_come AFTER INSERT ON scores BEGIN INSERT INTO person_changes (patient_code, seq) VALUES (new.patient_code, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (patient_code) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER scores_changed AFTER UPDATE ON scores BEGIN INSERT INTO person_changes (patient_code, seq) VALUES (new.patient_code, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (patient_code) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER set_items_come AFTER INSERT ON set_items BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE TRIGGER set_items_changed AFTER UPDATE ON set_items BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)) ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END;
CREATE INDEX clips_there ON clips (session_id) WHERE removed = '';
CREATE INDEX inbox_told ON inbox (patient_code, code, seq);
CREATE INDEX session_changes_newest ON session_changes (seq);
PRAGMA user_version = 11;
COMMIT;
