-- What one body was told, in the order in which it was told: read page by page by bodies that fetch it themselves.
create index publications_of_body on publications (body, id);
