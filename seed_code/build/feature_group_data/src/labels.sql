-- What is to be predicted, and when: one SELECT, in Athena's SQL. Each row is an example of the model.
-- {table} stands for the table that was chosen when the project was made. Return the column to predict, the column
-- event_time (a timestamp of UTC: features are those that were known then), and for each feature group a column with
-- the name of its record identifier. The identifiers and event_time are left out of what the model learns from.
SELECT *
FROM {table}
