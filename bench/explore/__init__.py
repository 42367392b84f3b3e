"""The data as a person explores it before training: counted, looked at, and measured."""
