"""Six questions that whoever looks after many kiosks asks, each one text of SQL that several engines understand.

They read the published tables (see ``tables``). Days, weeks and their numbers are columns, because each engine has
words of its own for them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClinicQuestion:
    """A question: its ``name`` in a file name, its ``title``, what its answer means (``about``), and its ``sql``.

    For a plot: ``x`` and ``y`` name columns of the answer; of several sites the values are added up. ``lines`` names a
    column of which each value has a line of its own; nothing is added up then.
    """

    name: str
    title: str
    about: str
    sql: str
    x: str
    y: tuple[str, ...]
    lines: str = ""


DOSES = ClinicQuestion(
    "doses",
    "How much was planned, and how much was done?",
    "Each week of each site. What a session goes on with was planned once, with the one that it goes on from. Standard"
    " sets are no practice and not counted.",
    """
SELECT s.site, s.week,
       COUNT(*) AS sessions,
       SUM(CASE WHEN r.session_id IS NULL THEN s.planned_steps_count ELSE 0 END) AS planned_steps,
       SUM(s.done_steps_count) AS done_steps,
       SUM(COALESCE(k.skipped_steps, 0)) AS skipped_steps,
       SUM(s.active_duration_s) AS active_s
FROM sessions AS s
LEFT JOIN sessions AS r ON r.device_id = s.device_id AND r.session_id = s.resumes_session_id
LEFT JOIN (
    SELECT device_id, session_id, SUM(CASE WHEN skipped THEN 1 ELSE 0 END) AS skipped_steps
    FROM steps GROUP BY device_id, session_id
) AS k ON k.device_id = s.device_id AND k.session_id = s.session_id
WHERE s.week IS NOT NULL AND COALESCE(s.programme, '') NOT IN ('standard-set', 'standard-rest')
GROUP BY s.site, s.week
ORDER BY s.site, s.week
""",
    "week",
    ("planned_steps", "done_steps"),
)
STOPS = ClinicQuestion(
    "stops",
    "Why did sessions end early?",
    "Sessions that were not completed, by what the person chose as the reason; where nobody stopped them, by how.",
    """
SELECT site, end_reason, reason, COUNT(*) AS sessions
FROM (
    SELECT site, end_reason,
           CASE WHEN end_reason = 'stopped' THEN COALESCE(stop_reason, 'not-said') ELSE end_reason END AS reason
    FROM sessions
    WHERE end_reason IS NOT NULL AND end_reason <> 'completed'
) AS s
GROUP BY site, end_reason, reason
ORDER BY site, end_reason, reason
""",
    "reason",
    ("sessions",),
)
LINKED = ClinicQuestion(
    "linked",
    "How often did another part of the face move along?",
    "Repetitions of which the camera could tell, each week of each site. A count, and no measure of anybody's face.",
    """
SELECT site, week,
       COUNT(*) AS told,
       SUM(CASE WHEN linked_movement = 'eye' THEN 1 ELSE 0 END) AS with_eye,
       SUM(CASE WHEN linked_movement = 'mouth' THEN 1 ELSE 0 END) AS with_mouth
FROM repetitions
WHERE week IS NOT NULL AND linked_movement IS NOT NULL
GROUP BY site, week
ORDER BY site, week
""",
    "week",
    ("told", "with_eye", "with_mouth"),
)
INJECTIONS = ClinicQuestion(
    "injections",
    "How tight did a region feel in the weeks around an injection there?",
    "Answers from 0 (none) to 3, by whole weeks from the injection. An answer counts for each injection that is near.",
    """
SELECT r.week_number - i.week_number AS weeks_since,
       COUNT(*) AS answers,
       COUNT(DISTINCT r.patient_code) AS people,
       AVG(r.value) AS mean_tightness_0_3
FROM ratings AS r
JOIN (
    SELECT DISTINCT patient_code, region, week_number, 'tightness.' || region AS item
    FROM injections WHERE NOT withdrawn
) AS i ON i.patient_code = r.patient_code AND i.item = r.item
WHERE r.week_number - i.week_number BETWEEN -8 AND 16
GROUP BY r.week_number - i.week_number
ORDER BY weeks_since
""",
    "weeks_since",
    ("mean_tightness_0_3",),
)
SILENT = ClinicQuestion(
    "silent",
    "Which kiosks have gone silent?",
    "Kiosks without a session for two weeks or more before the newest one of all; empty: none has a day.",
    """
SELECT k.site, k.device_id, h.last_day, n.newest - h.last_week AS weeks_silent
FROM (SELECT site, device_id FROM sessions UNION SELECT site, device_id FROM events) AS k
LEFT JOIN (
    SELECT device_id, MAX(day) AS last_day, MAX(week_number) AS last_week FROM sessions GROUP BY device_id
) AS h ON h.device_id = k.device_id
CROSS JOIN (SELECT MAX(week_number) AS newest FROM sessions) AS n
WHERE h.last_week IS NULL OR n.newest - h.last_week >= 2
ORDER BY k.site, k.device_id
""",
    "device_id",
    ("weeks_silent",),
)
SCORES = ClinicQuestion(
    "scores",
    "How did scores stand over time, beside practice?",
    "Means of what clinics scored on their own scales, by whole weeks since the person's first session here, and how"
    " many sessions they had begun by then, on average; drawn in percent of each scale's range. Who never practised"
    " is not in it. People get better and worse for many reasons: nothing here says that practice is one.",
    """
SELECT c.scale, k.weeks_since_first,
       COUNT(*) AS scores,
       COUNT(DISTINCT c.patient_code) AS people,
       AVG(c.value) AS mean_score,
       AVG(100 * (c.value - c.lowest) / NULLIF(c.highest - c.lowest, 0)) AS percent_of_range,
       AVG(k.sessions) AS mean_sessions
FROM scores AS c
JOIN (
    SELECT d.patient_code, d.day, d.week_number - MIN(p.week_number) AS weeks_since_first,
           SUM(CASE WHEN p.day <= d.day THEN 1 ELSE 0 END) AS sessions
    FROM (SELECT DISTINCT patient_code, day, week_number FROM scores) AS d
    JOIN sessions AS p ON p.patient_code = d.patient_code
    WHERE p.day IS NOT NULL AND COALESCE(p.programme, '') NOT IN ('standard-set', 'standard-rest')
    GROUP BY d.patient_code, d.day, d.week_number
) AS k ON k.patient_code = c.patient_code AND k.day = c.day
WHERE c.value IS NOT NULL AND NOT c.withdrawn
GROUP BY c.scale, k.weeks_since_first
ORDER BY c.scale, k.weeks_since_first
""",
    "weeks_since_first",
    ("percent_of_range",),
    "scale",
)
QUESTIONS = (DOSES, STOPS, LINKED, INJECTIONS, SILENT, SCORES)
