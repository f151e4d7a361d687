-- What the model learns from. Name columns, filter and join as you like: one SELECT, in Athena's SQL.
-- {table} stands for the table that was chosen when the project was made; other tables of the lake are at hand
-- by their names. https://docs.aws.amazon.com/athena/latest/ug/select.html
SELECT *
FROM {table}
