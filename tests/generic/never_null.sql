{# The columns that are null somewhere, each with in how many rows. One test a relation,
   and its columns one text: dbt takes longer over a test, and over each text that it is
   given, than DuckDB over a column. #}
{% test never_null(model, columns) %}

with

{{ null_findings(model, columns) }}

select * from null_findings

{% endtest %}
