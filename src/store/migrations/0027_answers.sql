-- Whose an answer is, by our identifier of what it is about.
create index episode_ids_episode on episode_ids (episode);
create index episode_ids_flag on episode_ids (flag);
create index episode_ids_care_plan on episode_ids (care_plan);
